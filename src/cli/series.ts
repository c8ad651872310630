/** From a table to the series of numbers that a forecaster reads. */
import { type NDArray, ndarray, type Windows, windows } from "../index.ts";
import { sizeOf } from "../ndarray.ts";
import type { Table } from "../table/index.ts";
import { cycleFeatures } from "./calendar.ts";
import { CliError } from "./error.ts";
import type { Forecaster } from "./forecaster.ts";
import { type Timeline, timelineOf } from "./timeline.ts";

/** The numbers of windows are held in memory all at once. */
const MAX_NUMBERS = 5e7;

export interface Series {
  /** [rows, columns]: the features, the cycles of the calendar, and targets that are no features; NaN where one is missing */
  values: Float32Array | Float64Array;
  rows: number;
  columns: number;
  /** Numbers of the columns that the network sees */
  features: number[];
  /** Numbers of the columns that it forecasts */
  targets: number[];
  timeline: Timeline;
  /** Whether a feature has missing values */
  hasMissing: boolean;
}

/**
 * The columns that a forecaster needs.
 *
 * @throws CliError or RangeError when one is missing, or has a cell that is not a number
 */
export function toSeries(path: string, table: Table, { features, targets, calendar, window }: Forecaster): Series {
  if (calendar && !table.time) throw new CliError(`${path}: expected times of the rows, as in ${calendar.column}`);
  const timeline = timelineOf(table, Math.max(1, Math.floor(window / 4)));
  const rows = timeline.rows.length;
  const names = [...features, ...targets.filter(target => !features.includes(target))];
  const numbers = names.map(name => table.numbers(name));
  const cycles = 2 * (calendar?.cycles.length ?? 0);
  const columns = names.length + cycles;
  const values = new (numbers.some(needsDoubles) ? Float64Array : Float32Array)(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = timeline.rows[row];
    const at = row * columns;
    for (let i = 0; i < numbers.length; i++) values[at + i] = from < 0 ? NaN : numbers[i][from];
    if (calendar && timeline.wall) values.set(cycleFeatures(timeline.wall[row], calendar.cycles), at + names.length);
  }
  const seasonal = Array.from({ length: cycles }, (_, i) => names.length + i);
  return {
    values,
    rows,
    columns,
    features: [...features.map((_, i) => i), ...seasonal],
    targets: targets.map(target => names.indexOf(target)),
    timeline,
    hasMissing: timeline.rows.includes(-1) || features.some(name => table.numbers(name).some(Number.isNaN)),
  };
}

/** Whether float32 would round away what is in the numbers: those of a meter that stands at 1.7e9. */
function needsDoubles(numbers: Float64Array): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (const value of numbers) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return Math.max(Math.abs(low), Math.abs(high)) > 1e3 * (high - low);
}

/** All windows of a series without a break in them, whose forecast rows are all there, and what follows each. */
export function windowsOf(
  { values, rows, columns, features, targets, timeline }: Series,
  forecaster: Forecaster,
): Windows {
  const { window, horizon } = forecaster;
  if (rows * (window * features.length + horizon * targets.length) > MAX_NUMBERS) {
    throw new CliError(
      `${rows} rows in windows of ${window} take too much memory; choose a shorter --window, fewer --features or rows`,
    );
  }
  const all = windows({ shape: [rows, columns], data: values }, { window, horizon, features, targets });
  const size = horizon * targets.length;
  const kept: number[] = [];
  let lastBreak = 0;
  let next = 0;
  all.index.forEach((first, i) => {
    while (next < timeline.breaks.length && timeline.breaks[next] < first + horizon)
      lastBreak = timeline.breaks[next++];
    if (lastBreak > first - window) return;
    for (let k = i * size; k < (i + 1) * size; k++) if (Number.isNaN(all.y.data[k])) return;
    kept.push(i);
  });
  return kept.length === all.index.length ? all : pick(all, kept);
}

function pick({ x, y, index, series }: Windows, kept: readonly number[]): Windows {
  const rowsOf = ({ shape, data }: NDArray) => {
    const size = sizeOf(shape.slice(1));
    const picked = new (data.constructor as Float32ArrayConstructor)(kept.length * size);
    kept.forEach((from, to) => {
      picked.set(data.subarray(from * size, (from + 1) * size) as Float32Array, to * size);
    });
    return ndarray(picked, [kept.length, ...shape.slice(1)]);
  };
  const numbers = (list: Int32Array) => Int32Array.from(kept, from => list[from]);
  return { x: rowsOf(x), y: rowsOf(y), index: numbers(index), series: numbers(series) };
}

/** The values of the targets at the row before each forecast, or the last ones that are known: [N, targets]. */
export function lastValues({ values, columns, targets }: Series, index: ArrayLike<number>): Float64Array {
  const result = new Float64Array(index.length * targets.length);
  for (let i = 0; i < index.length; i++) {
    targets.forEach((target, k) => {
      let row = index[i] - 1;
      while (row > 0 && Number.isNaN(values[row * columns + target])) row--;
      result[i * targets.length + k] = values[row * columns + target];
    });
  }
  return result;
}
