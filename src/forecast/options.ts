/** What a forecaster may be told. */
import { describe } from "../describe.ts";
import { isObject } from "../isObject.ts";
import { boolean, type Input, integer, number, oneOf, option, optional, options, seed } from "../options.ts";
import type { TableOptions } from "../table/index.ts";
import { LARGEST_TEST } from "./split.ts";

const namesOf = (value: unknown, what: string, least: number): readonly string[] => {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  // What is missing is undefined, and found too.
  const bad = list.length < least ? [value] : list.filter(each => typeof each !== "string" || each === "");
  if (bad.length > 0)
    throw new TypeError(`${what}: expected a column's name, or a list of names, got ${describe(bad[0])}`);
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice !== undefined) throw new RangeError(`${what}: column ${describe(twice)} is given twice`);
  return list as string[];
};
const names = option<readonly string[], string | readonly string[]>((value, what) => namesOf(value, what, 1));
const anyNames = option<readonly string[], string | readonly string[]>((value, what) => namesOf(value, what, 0));

/** A number in (low, high]. */
const share = (low: number, high: number) =>
  option<number>((value, what) => {
    if (typeof value !== "number") throw new TypeError(`${what}: expected a number, got ${describe(value)}`);
    if (value > low && value <= high) return value;
    throw new RangeError(`${what}: expected a number above ${low}, at most ${high}, got ${value}`);
  });

export const OPTIONS = options({
  /** Columns to forecast; "all": each column of numbers, as where each is a series */
  target: names,
  /** Columns to learn from; default all columns of numbers, and of yes and no, that say something */
  features: optional(names),
  /** The column that names the series of a row, or several such, where the table holds several series; default none */
  series: optional(names),
  /** Columns whose values are known for the rows to forecast, such as holidays; default none */
  known: optional(anyNames, []),
  /** Rows to forecast; default 1 */
  horizon: optional(integer(1, 10_000), 1),
  /** Rows that are read; default 30, more where a season asks for it, fewer for a short table */
  window: optional(integer(1, 10_000)),
  /** Rows of a season, 1 for none; default found from the data */
  season: optional(integer(1, 10_000)),
  /** Networks that are tried: "changes", "levels", "none" or "auto", both of them; default "auto" */
  network: optional(oneOf(["auto", "changes", "levels", "none"]), "auto"),
  /** Size of the LSTM; default 32 */
  units: optional(integer(1, 4096), 32),
  /** Most passes over the data; default 12 to 40, more for a short table */
  epochs: optional(integer(1, 1_000_000)),
  /** Windows in a step of training; default 32 */
  batchSize: optional(integer(1, 65_536), 32),
  /** Windows that are learned from, at most: of a large table some, spread over all rows; default 5,000 to 150,000, by epochs and window */
  maxWindows: optional(integer(1000, 100_000_000)),
  /** Of Adam at the start; it falls to 0 along a cosine; default 0.003 */
  learningRate: optional(share(0, 1), 0.003),
  /** The same seed gives the same forecaster; default 0 */
  seed: optional(seed, 0),
  /** Networks of seeds of their own, whose mean counts; default 3 for a short table, else 1 */
  seeds: optional(integer(1, 100)),
  /** Part of the rows, the latest, that is held out until all is chosen; default 0.2 */
  test: optional(share(0, LARGEST_TEST), 0.2),
  /** Whether the time of day, week and year is learned from, where the rows hold it twice; default true */
  calendar: optional(boolean, true),
  /** Whether all rows are learned from at the end, with what was chosen without those held out; default true */
  refit: optional(boolean, true),
  /** Part of the values that prediction intervals are to hold; default 0.8 */
  level: optional(number(0.01, 0.99), 0.8),
  /** How rows are read, see `readTable`: the columns of the time, the form of dates, missing marks */
  reading: optional(
    option<TableOptions>((value, what) => {
      if (isObject(value)) return value;
      throw new TypeError(`${what}: expected options of readTable, got ${describe(value)}`);
    }),
    {},
  ),
});

export interface ForecasterOptions extends Input<typeof OPTIONS> {}
