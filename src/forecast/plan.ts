/** What of a table is read and how: columns, season, window, calendar. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { type Calendar, cyclesIn } from "./calendar.ts";
import { categoriesOf } from "./categories.ts";
import type { Columns, Named, Panel } from "./panel.ts";
import { findSeason } from "./season.ts";
import { partsOf } from "./split.ts";

const DAY = 864e5;

/** Rows that a window has, unless the season or a short table asks for others. */
const WINDOW = 30;
const SHORT_WINDOW = 12;
const SHORTEST = 6;

/** Windows that are trained on at least, or the window is made shorter. */
const WINDOWS = 10;

/** Series whose season is looked for, the longest; what most have is taken. */
const MOST_SEASONS = 25;

export interface Asked {
  targets: readonly string[];
  features?: readonly string[] | undefined;
  known: readonly string[];
  horizon: number;
  window?: number | undefined;
  season?: number | undefined;
  test: number;
  calendar: boolean;
}

export interface Plan extends Columns {
  window: number;
  horizon: number;
  /** Of each target: rows of a season, 1 where there is none */
  seasons: number[];
  /** Rows that may be missing one after the other and are filled in */
  gap: number;
}

/** The columns to forecast; "all": each of numbers that is not known ahead. */
function targetsOf({ columns }: Table, { targets, known }: Asked): string[] {
  if (targets.length !== 1 || targets[0] !== "all" || columns.some(({ name }) => name === "all")) return [...targets];
  const numeric = columns.filter(
    ({ name, kind, values, unused }) => kind === "number" && values && unused === undefined && !known.includes(name),
  );
  return numeric.length > 0 ? numeric.map(({ name }) => name) : [...targets];
}

/** @throws RangeError for a column that is not there, holds no numbers, or has nothing to be learned of */
export function columnsOf(
  table: Table,
  series: readonly Named[],
  asked: Asked,
  option: (name: string) => string,
  classes: readonly string[] = [],
): Columns {
  const { known } = asked;
  const targets = targetsOf(table, asked);
  for (const target of targets) {
    table.numbers(target); // or an error that shows the cell
    if (known.includes(target))
      throw new RangeError(`${option("known")}: ${describe(target)} is what is to be forecast`);
    const { unused } = table.column(target);
    if (unused?.startsWith("it is always") || unused?.startsWith("it is constant")) {
      throw new RangeError(`${option("target")}: nothing is to be learned of column ${describe(target)}: ${unused}`);
    }
  }
  const usable = table.columns.filter(({ values, words, unused }) => (values || words) && unused === undefined);
  const chosen = asked.features ?? usable.map(({ name }) => name);
  // Classes are read as words, whatever is forecast of them.
  const more = asked.features ? [] : classes.filter(name => !chosen.includes(name));
  const features = [...(chosen.length > 0 || more.length > 0 ? [...chosen, ...more] : targets)];
  const inputs = [...features, ...known].filter((name, i, all) => all.indexOf(name) === i);
  const categories = categoriesOf(
    table,
    inputs.filter(name => !targets.includes(name)),
  );
  for (const name of inputs) {
    const { kind, words, unused } = table.column(name);
    if (words) continue;
    const said = option(known.includes(name) ? "known" : "features");
    if (kind === "words")
      throw new RangeError(`${said}: nothing is to be learned of column ${describe(name)}: ${unused}`);
    table.numbers(name);
  }
  const { time } = longestOf(series);
  let calendar: Calendar | null = null;
  if (asked.calendar && time) {
    const { train } = partsOf(time.values.length, asked.test);
    calendar = { column: time.columns.join(", "), cycles: train > 1 ? cyclesIn(time.wall().subarray(0, train)) : [] };
  }
  return { features, targets, known: [...known], categories, calendar };
}

/** Rows that may be missing one after the other and are filled in. */
export const gapOf = ({ window = WINDOW }: Asked): number => Math.max(1, Math.floor(window / 4));

/** Season and window, from the rows before the test. */
export function planOf(panel: Panel, columns: Columns, asked: Asked): Plan {
  const { horizon, test } = asked;
  const K = columns.targets.length;
  const lengths = [...panel.parts].sort((a, b) => b.to - b.from - (a.to - a.from));
  const middle = lengths[lengths.length >> 1];
  const { train } = partsOf(middle.to - middle.from, test);
  const seasons = columns.targets.map((_, k) => {
    if (asked.season !== undefined) return asked.season;
    const found = lengths.slice(0, MOST_SEASONS).map(({ from, to, table }) => {
      const { train, validation } = partsOf(to - from, test);
      const values = Float64Array.from({ length: train + validation }, (_, i) => panel.truth[(from + i) * K + k]);
      return findSeason(values, usualSeason(table));
    });
    const times = (season: number) => found.filter(each => each === season).length;
    return found.reduce((best, season) => (times(season) > times(best) ? season : best));
  });
  const window = asked.window ?? windowFor(train, horizon, seasons);
  return { ...columns, window, horizon, seasons, gap: gapOf(asked) };
}

const longestOf = (series: readonly Named[]) =>
  series.reduce((best, each) => (each.table.rows > best.table.rows ? each : best)).table;

/** A window with the season in it twice where there is room, that leaves enough others. */
function windowFor(train: number, horizon: number, seasons: readonly number[]): number {
  let window = WINDOW;
  for (const season of seasons) {
    if (season > 1 && train >= 6 * season) window = Math.max(window, season <= WINDOW ? 2 * season + 1 : season + 4);
  }
  if (train - window - horizon < WINDOWS) {
    window = Math.max(SHORTEST, Math.min(SHORT_WINDOW, train >> 2));
    for (const season of seasons) if (window <= season && train > 3 * season + horizon) window = season + 1;
  }
  return window;
}

/** The season that rows at such times often have: 12 of monthly ones; 1 where the table does not say. */
export function usualSeason({ time }: Pick<Table, "time">): number {
  if (!time || time.values.length < 3) return 1;
  const { rhythm } = time;
  if (rhythm.name === "Monday to Friday") return 5;
  const last = time.wall()[time.values.length - 1];
  const step = (rhythm.after(last, 12) - last) / 12;
  const near = (days: number) => Math.abs(step / DAY - days) < days / 20;
  if (near(365.25 / 12)) return 12;
  if (near(365.25 / 4)) return 4;
  if (near(7)) return 52;
  if (near(1)) return 7;
  const inDay = Math.round(DAY / step);
  return step < DAY && Math.abs(inDay * step - DAY) < step / 100 && inDay <= 400 ? inDay : 1;
}
