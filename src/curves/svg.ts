/** Learning curves as a picture. */
import { checked, type Input, integer, optional, options as schema } from "../options.ts";
import { type Axis, epochAxis, linearAxis, logAxis, showValue, tickTexts } from "./axis.ts";
import { escaped, type Place, path, round } from "./markup.ts";
import { DRAWING, type HistoryLike, type Panel, panelsOf } from "./panels.ts";

const OPTIONS = schema({
  ...DRAWING,
  /** Of the picture, in pixels; default 720 */
  width: optional(integer(200, 10_000), 720),
  /** Of a panel, in pixels; default 260 */
  height: optional(integer(100, 10_000), 260),
});

export interface SvgOptions extends Input<typeof OPTIONS> {}

/** Around the plot of a panel. */
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 24, 40, 40];
const TITLE = 44;
/** More dots than these would hide that a line is dashed. */
const DOTTED_UP_TO = 20;

const STYLE = `
.curves { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; --ground: #fcfcfb; --ink: #0b0b0b; --quiet: #6b6a64;
  --grid: #e4e3de; --train: #2a78d6; --valid: #c2410c }
@media (prefers-color-scheme: dark) { .curves { --ground: #1a1a19; --ink: #f5f5f3; --quiet: #a3a29b;
  --grid: #363530; --train: #5b9ff0; --valid: #f08a4b } }
.curves .ground { fill: var(--ground) } .curves .grid { stroke: var(--grid) } .curves .axis { stroke: var(--quiet) }
.curves text { fill: var(--quiet); font-variant-numeric: tabular-nums }
.curves .name { fill: var(--ink); font-weight: 600 } .curves .title { fill: var(--ink); font-weight: 600; font-size: 16px }
.curves .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round }
.curves .train { stroke: var(--train) } .curves .valid { stroke: var(--valid); stroke-dasharray: 6 5 }
.curves tspan { fill: var(--quiet); font-weight: 400 }
.curves .best { stroke: var(--quiet); stroke-dasharray: 2 3 } .curves .ring { stroke: var(--ink); stroke-width: 1.5; fill: none }
.curves .dot { stroke: var(--ground); stroke-width: 1.5; stroke-dasharray: none }
.curves .dot.train { fill: var(--train) } .curves .dot.valid { fill: var(--valid) }`;

/**
 * Learning curves as one SVG file by itself: a panel for each loss and metric, of training a line, of validation a dashed one, with
 * the best epoch marked: that of the lowest validation loss, or loss. Light or dark as the reader's system is.
 *
 * @param history what `fit` returns
 * @param options see {@link SvgOptions}
 * @returns the text of the file
 * @throws TypeError for what is no history, RangeError for metrics that it does not have
 * @example await writeFile("curves.svg", toSVG(history, { metrics: ["accuracy"], title: "IMDB" }));
 */
export function toSVG(history: HistoryLike, options: SvgOptions = {}): string {
  const { title, log, width, height, metrics } = checked(options, "toSVG", OPTIONS);
  const { panels, epochs, best } = panelsOf(history, { metrics, log }, "toSVG");
  const head = title ? TITLE : 8;
  const whole = head + panels.length * height;
  const axis = epochAxis(epochs[0], epochs[epochs.length - 1]);
  const about = `${title || "Learning curves"}: ${panels.map(({ name }) => name).join(", ")} over ${epochs.length} epochs`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" class="curves" viewBox="0 0 ${width} ${whole}" width="${width}" height="${whole}" role="img">`,
    `<title>${escaped(about)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<rect class="ground" width="${width}" height="${whole}"/>`,
    ...(title ? [`<text class="title" x="${LEFT}" y="30">${escaped(title)}</text>`] : []),
    ...panels.flatMap((panel, i) => drawn(panel, { width, height, top: head + i * height, log, axis, epochs, best })),
    "</svg>",
  ].join("\n")}\n`;
}

interface Frame {
  width: number;
  height: number;
  top: number;
  log: boolean;
  axis: Axis;
  epochs: readonly number[];
  best: number;
}

function drawn(panel: Panel, { width, height, top, log, axis, epochs, best }: Frame): string[] {
  const { values, validation } = panel;
  const value = bestOf(panel, best);
  const finite = [...values, ...(validation ?? [])].filter(Number.isFinite);
  const numbers = (log ? logAxis : linearAxis)(finite);
  const [right, above, below] = [width - RIGHT, top + TOP, top + height - BOTTOM];
  const x = (epoch: number): number => LEFT + axis.place(epoch) * (right - LEFT);
  const y = (value: number): number => below - numbers.place(value) * (below - above);
  const places = (row: readonly number[]): Place[] => row.map((value, i) => ({ x: x(epochs[i]), y: y(value) }));
  const texts = tickTexts(numbers.ticks);
  const kinds = [["train", values] as const, ...(validation ? [["valid", validation] as const] : [])];
  const few = epochs.length <= DOTTED_UP_TO;
  return [
    ...numbers.ticks.flatMap((tick, i) => [
      `<line class="grid" x1="${LEFT}" x2="${right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>`,
      `<text x="${LEFT - 8}" y="${round(y(tick) + 4)}" text-anchor="end">${texts[i]}</text>`,
    ]),
    `<line class="axis" x1="${LEFT}" x2="${right}" y1="${below}" y2="${below}"/>`,
    ...axis.ticks.flatMap(tick => [
      `<line class="axis" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${below}" y2="${below + 4}"/>`,
      `<text x="${round(x(tick))}" y="${below + 18}" text-anchor="middle">${tick}</text>`,
    ]),
    `<text x="${round((LEFT + right) / 2)}" y="${below + 34}" text-anchor="middle">epoch</text>`,
    ...marked(value, epochs[best], { x, y, above, below }),
    ...kinds.map(([kind, row]) => `<path class="line ${kind}" d="${path(places(row))}"/>`),
    ...(few ? kinds.flatMap(([kind, row]) => dots(kind, places(row))) : []),
    ...legend(panel, Number.isFinite(value) ? `best: epoch ${epochs[best]}, ${showValue(value)}` : "", top + 20, right),
  ];
}

const dots = (kind: string, places: readonly Place[]): string[] =>
  places
    .filter(({ y }) => Number.isFinite(y))
    .map(({ x, y }) => `<circle class="dot ${kind}" cx="${round(x)}" cy="${round(y)}" r="3.5"/>`);

interface Plot {
  x(epoch: number): number;
  y(value: number): number;
  above: number;
  below: number;
}

/** What a panel has in the best epoch; NaN where there is none. */
const bestOf = ({ values, validation }: Panel, best: number): number => (validation ?? values)[best] ?? Number.NaN;

/** The best epoch: a line, and a ring around what the panel has there. */
function marked(value: number, epoch: number, { x, y, above, below }: Plot): string[] {
  if (!Number.isFinite(value)) return [];
  const at = round(x(epoch));
  return [
    `<line class="best" x1="${at}" x2="${at}" y1="${above}" y2="${below}"/>`,
    `<circle class="ring" cx="${at}" cy="${round(y(value))}" r="6"/>`,
  ];
}

/** The name and the best at the left, and what the lines are at the right. */
function legend({ name, validation }: Panel, best: string, y: number, right: number): string[] {
  const entry = (kind: string, words: string, from: number): string[] => [
    `<line class="line ${kind}" x1="${from}" x2="${from + 24}" y1="${y - 4}" y2="${y - 4}"/>`,
    `<text x="${from + 30}" y="${y}">${words}</text>`,
  ];
  return [
    `<text class="name" x="${LEFT}" y="${y}">${escaped(name)}${best && `<tspan dx="14">${best}</tspan>`}</text>`,
    ...(validation ? [...entry("train", "training", right - 184), ...entry("valid", "validation", right - 90)] : []),
  ];
}
