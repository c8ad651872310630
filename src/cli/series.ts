/** From a table to the series of numbers that a forecaster reads. */
import { type Windows, windows } from "../index.ts";
import { cycleFeatures, readTimes } from "./calendar.ts";
import type { Table } from "./csv.ts";
import { CliError } from "./error.ts";
import type { Forecaster } from "./forecaster.ts";

/** The numbers of windows are held in memory all at once. */
const MAX_NUMBERS = 5e7;

export interface Series {
  /** [rows, columns]: the features, the cycles of the calendar, and targets that are no features */
  values: Float32Array;
  rows: number;
  columns: number;
  /** Numbers of the columns that the network sees */
  features: number[];
  /** Numbers of the columns that it forecasts */
  targets: number[];
  /** Dates of the rows in milliseconds, and as they are written; null without a calendar */
  dates: { times: Float64Array; cells: string[] } | null;
}

/**
 * The columns that a forecaster needs.
 *
 * @throws CliError when one is missing, or has a cell that is not a number or a date
 */
export function toSeries(table: Table, { features, targets, calendar }: Forecaster): Series {
  const { rows } = table;
  const names = [...features, ...targets.filter(target => !features.includes(target))];
  const numbers = names.map(name => table.numeric(name));
  const dates = calendar && { times: readTimes(table, calendar.column), cells: table.text(calendar.column) };
  const cycles = 2 * (calendar?.cycles.length ?? 0);
  const columns = names.length + cycles;
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const season = calendar && dates ? cycleFeatures(dates.times[row], calendar.cycles) : [];
    values.set([...numbers.map(column => column[row]), ...season], row * columns);
  }
  const seasonal = Array.from({ length: cycles }, (_, i) => names.length + i);
  return {
    values,
    rows,
    columns,
    features: [...features.map((_, i) => i), ...seasonal],
    targets: targets.map(target => names.indexOf(target)),
    dates,
  };
}

/** All windows of a series, and what follows each. */
export function windowsOf({ values, rows, columns, features, targets }: Series, forecaster: Forecaster): Windows {
  const { window, horizon } = forecaster;
  if (rows * (window * features.length + horizon * targets.length) > MAX_NUMBERS) {
    throw new CliError(
      `${rows} rows in windows of ${window} take too much memory; choose a shorter --window, fewer --features or rows`,
    );
  }
  return windows({ shape: [rows, columns], data: values }, { window, horizon, features, targets });
}

/** The values of the targets at the row before each forecast: [N, targets]. */
export function lastValues({ values, columns, targets }: Series, index: ArrayLike<number>): Float32Array {
  const result = new Float32Array(index.length * targets.length);
  for (let i = 0; i < index.length; i++) {
    targets.forEach((target, k) => {
      result[i * targets.length + k] = values[(index[i] - 1) * columns + target];
    });
  }
  return result;
}
