/** Line charts of a page: SVG without a script, in the page's colours. */
import { epochAxis, linearAxis, tickTexts } from "../../curves/axis.ts";
import { escaped, path, round } from "../../curves/markup.ts";
import type { Html } from "./html.ts";

/** What a line is, by which the page colours it. */
export type Ink = "truth" | "own" | "last" | "season" | "linear";

export interface Plot {
  /** What is drawn, for those who do not see it */
  about: string;
  lines: readonly { name: string; ink: Ink; values: readonly number[] }[];
  /** Behind the lines, from one value to another */
  band?: { name: string; low: readonly number[]; high: readonly number[] } | undefined;
  /** What stands below, at the places of values */
  ticks: readonly { at: number; text: string }[];
  below?: string;
  /** Whether the axis begins at 0 */
  fromZero?: boolean;
}

const [WIDTH, PLOT, LEFT, RIGHT, TOP] = [760, 230, 64, 16, 12];
/** Below the plot: names at places, and one of the axis. */
const [TICKS, NAME] = [26, 18];

/** Up to so many values each has a dot. */
const DOTTED = 31;

export function plot({ about, lines, band, ticks, below, fromZero = false }: Plot): Html {
  const n = Math.max(...lines.map(({ values }) => values.length));
  const shown = [...lines.flatMap(({ values }) => values), ...(band ? [...band.low, ...band.high] : [])].filter(
    Number.isFinite,
  );
  const axis = linearAxis(fromZero ? [0, ...shown] : shown);
  const bottom = TOP + PLOT;
  const height = bottom + TICKS + (below ? NAME : 0);
  const x = (at: number) => (n > 1 ? LEFT + (at / (n - 1)) * (WIDTH - LEFT - RIGHT) : (LEFT + WIDTH - RIGHT) / 2);
  const y = (value: number) => bottom - axis.place(value) * (bottom - TOP);
  const places = (values: readonly number[]) => values.map((value, i) => ({ x: x(i), y: y(value) }));
  const texts = tickTexts(axis.ticks);
  const isLast = (at: number) => n > 1 && at > 0.93 * (n - 1);
  const picture = [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img"><title>${escaped(about)}</title>`,
    ...axis.ticks.flatMap((tick, i) => [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>`,
      `<text x="${LEFT - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${texts[i]}</text>`,
    ]),
    ...ticks.flatMap(({ at, text }) => [
      `<line class="axis" x1="${round(x(at))}" x2="${round(x(at))}" y1="${bottom}" y2="${bottom + 4}"/>`,
      `<text x="${round(isLast(at) ? WIDTH - RIGHT : x(at))}" y="${bottom + 17}" text-anchor="${isLast(at) ? "end" : "middle"}">${escaped(text)}</text>`,
    ]),
    ...(below
      ? [`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${height - 6}" text-anchor="middle">${escaped(below)}</text>`]
      : []),
    ...(band ? bandOf(places(band.low), places(band.high)) : []),
    ...lines.map(({ ink, values }) => `<path class="line ${ink}" d="${path(places(values))}"/>`),
    ...lines.flatMap(({ ink, values }) => dotsOf(ink, values, places(values))),
    "</svg>",
  ].join("\n");
  const named = lines.map(
    ({ name, ink }) =>
      `<span><svg class="key" viewBox="0 0 26 10"><path class="line ${ink}" d="M1 5H25"/></svg> ${escaped(name)}</span>`,
  );
  const area = band
    ? [
        `<span><svg class="key" viewBox="0 0 26 10"><rect class="band" width="26" height="10"/></svg> ${escaped(band.name)}</span>`,
      ]
    : [];
  return `<figure><figcaption>${[...named, ...area].join("\n")}</figcaption>${picture}</figure>` as Html;
}

/** Where neighbours are missing there is no line, and a dot in any case. */
function dotsOf(ink: Ink, values: readonly number[], places: readonly { x: number; y: number }[]): string[] {
  const known = values.filter(Number.isFinite).length;
  if (known > DOTTED) return [];
  return places
    .filter(({ y }) => Number.isFinite(y))
    .map(({ x, y }) => `<circle class="dot ${ink}" cx="${round(x)}" cy="${round(y)}" r="3"/>`);
}

/** Between two lines, as far as both are known. */
function bandOf(low: readonly { x: number; y: number }[], high: readonly { x: number; y: number }[]): string[] {
  const known = low.flatMap((place, i) => (Number.isFinite(place.y) && Number.isFinite(high[i].y) ? [i] : []));
  if (known.length === 0) return [];
  if (known.length === 1) {
    const [i] = known;
    return [
      `<line class="whisker" x1="${round(low[i].x)}" x2="${round(low[i].x)}" y1="${round(low[i].y)}" y2="${round(high[i].y)}"/>`,
    ];
  }
  const around = [...known.map(i => high[i]), ...known.reverse().map(i => low[i])];
  return [`<path class="band" d="${path(around)}Z"/>`];
}

/** Whole numbers from 1, of epochs or steps. */
export const numbersTo = (count: number): { at: number; text: string }[] =>
  epochAxis(1, count).ticks.map(tick => ({ at: tick - 1, text: `${tick}` }));

/** Names at some places, evenly spread. */
export function ticksOf(count: number, nameOf: (at: number) => string, most = 6): { at: number; text: string }[] {
  if (count === 0) return [];
  const steps = Math.min(most - 1, count - 1);
  const places = Array.from({ length: steps + 1 }, (_, i) => Math.round((i * (count - 1)) / Math.max(1, steps)));
  return places.map(at => ({ at, text: nameOf(at) }));
}
