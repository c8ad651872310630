/** From tables to the numbers that a forecaster reads: one series, or several, one below the other. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { type Calendar, cycleFeatures } from "./calendar.ts";
import { type Category, flagsOf, widthOf } from "./categories.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

/** Beyond it squares are no numbers. */
const MOST = 1e100;

/** One of several series. */
export interface Named {
  name: string;
  table: Table;
}

/** The columns that are read. */
export interface Columns {
  /** Columns that are learned from */
  features: string[];
  /** Columns to forecast */
  targets: string[];
  /** Columns whose values after the end are known */
  known?: string[];
  /** Columns of words, or of yes and no, among the features and those known */
  categories?: Category[];
  /** Columns that name the series of a row, where there are several */
  ids?: string[];
  calendar: Calendar | null;
}

/** What stands for 0 and for 1 where a column of a series is learned from: series of any size are then alike. */
export interface Unit {
  zero: number;
  one: number;
}

/** A series among the rows of a panel. */
export interface Part {
  name: string;
  from: number;
  to: number;
  timeline: Timeline;
  table: Table;
  /** Of each measured column: its unit here; null: that of the data */
  units: Unit[] | null;
}

export interface Panel {
  /** [rows, columns]: measured columns, then flags, then those known ahead; a missing value is the last one known */
  values: Float64Array;
  rows: number;
  columns: number;
  /** Of the columns, how many are measured: features and targets */
  measured: number;
  /** Columns of 0 and 1 behind the measured ones: of words that are not known ahead */
  flags: number;
  /** Of the columns known ahead, behind the flags, those of numbers: their places among them */
  scaled: number[];
  /** Numbers of the columns to forecast */
  targets: number[];
  /** [rows, targets] as measured: NaN where one is missing */
  truth: Float64Array;
  /** For each row the first one from which no series ends and no gap lies between */
  starts: Int32Array;
  parts: Part[];
  /** Whether any value is missing */
  hasMissing: boolean;
  /** The same in the unit of the data, where each series has a unit of its own */
  raw?: Panel;
}

/**
 * @param gap rows that may be missing one after the other and are filled in; more are a break
 * @throws RangeError for a column that is not there, or has a cell that is no number
 */
export function toPanel(series: readonly Named[], columns: Columns, gap: number, title = ""): Panel {
  const { targets, calendar } = columns;
  const inputs = inputsOf(columns);
  const { measured, flags, ahead } = inputs;
  const cycles = calendar?.cycles ?? [];
  const width = measured.length + inputs.width + 2 * cycles.length;
  const parts: Part[] = [];
  for (const { name, table } of series) {
    if (calendar && !table.time)
      throw new RangeError(`${title ? `${title}: ` : ""}expected times of the rows, as in ${calendar.column}`);
    const timeline = timelineOf(table, gap);
    const from = parts.at(-1)?.to ?? 0;
    parts.push({ name, table, timeline, from, to: from + timeline.rows.length, units: null });
  }
  const rows = parts.at(-1)?.to ?? 0;
  const panel: Panel = {
    values: new Float64Array(rows * width),
    rows,
    columns: width,
    measured: measured.length,
    flags: flags.reduce((sum, each) => sum + widthOf(each), 0),
    scaled: ahead.flatMap((each, i) =>
      typeof each === "string" ? [ahead.slice(0, i).reduce((sum, one) => sum + widthIn(one), 0)] : [],
    ),
    targets: targets.map(target => measured.indexOf(target)),
    truth: new Float64Array(rows * targets.length),
    starts: new Int32Array(rows),
    parts,
    hasMissing: false,
  };
  for (const part of parts) fill(panel, part, inputs, cycles);
  return panel;
}

/** The columns of a table in the order in which a panel has them. */
export function inputsOf({
  features,
  targets,
  known = [],
  categories = [],
}: Pick<Columns, "features" | "targets" | "known" | "categories">) {
  const isWords = (name: string) => categories.some(({ column }) => column === name);
  const measured = [...features.filter(name => !known.includes(name) && !isWords(name)), ...targets].filter(
    (name, i, all) => all.indexOf(name) === i,
  );
  const flags = categories.filter(({ column }) => !known.includes(column));
  const ahead = known.map(name => categories.find(({ column }) => column === name) ?? name);
  const widths = [...flags, ...ahead].map(widthIn);
  /** width: columns behind the measured ones, without the calendar's */
  return { measured, flags, ahead, width: widths.reduce((sum, width) => sum + width, 0) };
}

/** Of each column of a panel that is known ahead what it is of: a named column, or the calendar. */
export function aheadNames({
  calendar,
  ...named
}: Pick<Columns, "features" | "targets" | "known" | "categories" | "calendar">): string[] {
  const names = inputsOf(named).ahead.flatMap(each =>
    typeof each === "string" ? [each] : new Array<string>(widthOf(each)).fill(each.column),
  );
  return [...names, ...(calendar?.cycles ?? []).flatMap(cycle => [`the time of ${cycle}`, `the time of ${cycle}`])];
}

/** Columns that a column of numbers, or of words, is read as. */
export const widthIn = (each: string | Category): number => (typeof each === "string" ? 1 : widthOf(each));

/** The same with some of its columns of words alone. */
export function withFlags(panel: Panel, kept: readonly boolean[]): Panel {
  const { values, rows, columns, measured, flags, raw } = panel;
  const places = Array.from({ length: columns }, (_, c) => c).filter(
    c => c < measured || c >= measured + flags || kept[c - measured],
  );
  const rest = new Float64Array(rows * places.length);
  for (let row = 0; row < rows; row++) {
    for (let c = 0; c < places.length; c++) rest[row * places.length + c] = values[row * columns + places[c]];
  }
  return {
    ...panel,
    values: rest,
    columns: places.length,
    flags: kept.filter(Boolean).length,
    ...(raw ? { raw: withFlags(raw, kept) } : {}),
  };
}

function fill(
  panel: Panel,
  { from, timeline, table }: Part,
  { measured, flags, ahead }: ReturnType<typeof inputsOf>,
  cycles: Calendar["cycles"],
): void {
  const { values, columns, targets, truth, starts } = panel;
  const { rows, breaks, wall } = timeline;
  const behind = [...flags, ...ahead];
  const numbers = [
    ...measured.map(name => table.numbers(name)),
    ...behind.flatMap(each => (typeof each === "string" ? [table.numbers(each)] : flagsOf(table, each))),
  ];
  // Before the first known value stands that value.
  const last = numbers.map(column => column.find(value => !Number.isNaN(value)) ?? 0);
  let start = from;
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = from + i;
    if (breaks[next] === i) {
      start = row;
      next++;
    }
    starts[row] = start;
    for (let c = 0; c < numbers.length; c++) {
      const value = rows[i] < 0 ? NaN : numbers[c][rows[i]];
      const target = targets.indexOf(c);
      if (target >= 0) truth[row * targets.length + target] = value;
      if (Math.abs(value) > MOST) {
        throw new RangeError(
          `column ${describe(measured[c] ?? ahead.filter(each => typeof each === "string").join(", "))}: ${value} is more than float32 can be scaled to; divide the column, or mark such ` +
            "values as missing",
        );
      }
      if (Number.isNaN(value)) panel.hasMissing = true;
      else last[c] = value;
      values[row * columns + c] = last[c];
    }
    if (wall) values.set(cycleFeatures(wall[i], cycles), row * columns + numbers.length);
  }
}

/** First forecast rows, in [from, to), of windows without a gap in them, whose forecast rows are all known and before `to`. */
export function originsWithin(panel: Panel, window: number, horizon: number, from: number, to: number): number[] {
  const { starts, truth, targets } = panel;
  const K = targets.length;
  const found: number[] = [];
  let unknown = from - 1; // the last row with a missing target
  let checked = from;
  for (let row = from; row + horizon <= to; row++) {
    for (; checked < row + horizon; checked++) {
      for (let k = 0; k < K; k++) if (Number.isNaN(truth[checked * K + k])) unknown = checked;
    }
    if (unknown < row && row >= window && starts[row + horizon - 1] <= row - window) found.push(row);
  }
  return found;
}
