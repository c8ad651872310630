/** From tables to the numbers that a forecaster reads: one series, or several, one below the other. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { type Calendar, cycleFeatures } from "./calendar.ts";
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
  /** [rows, columns]: measured columns, then those known ahead; a missing value is the last one known */
  values: Float64Array;
  rows: number;
  columns: number;
  /** Of the columns, how many are measured: features and targets */
  measured: number;
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
  const { features, targets, known = [], calendar } = columns;
  const measured = [...features.filter(name => !known.includes(name)), ...targets].filter(
    (name, i, all) => all.indexOf(name) === i,
  );
  const names = [...measured, ...known];
  const cycles = calendar?.cycles ?? [];
  const width = names.length + 2 * cycles.length;
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
    targets: targets.map(target => measured.indexOf(target)),
    truth: new Float64Array(rows * targets.length),
    starts: new Int32Array(rows),
    parts,
    hasMissing: false,
  };
  for (const part of parts) fill(panel, part, names, cycles);
  return panel;
}

function fill(
  panel: Panel,
  { from, timeline, table }: Part,
  names: readonly string[],
  cycles: Calendar["cycles"],
): void {
  const { values, columns, targets, truth, starts } = panel;
  const { rows, breaks, wall } = timeline;
  const numbers = names.map(name => table.numbers(name));
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
          `column ${describe(names[c])}: ${value} is more than float32 can be scaled to; divide the column, or mark such ` +
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
