/** A long series cut into the short pieces that a recurrent network learns from. */
import { expectInteger } from "../expect.ts";
import { isArray, isObject, isReadable } from "../isObject.ts";
import { type ArrayLike32, type NDArray, type NumberArray, ndarray, toNDArray } from "../ndarray.ts";
import { unequalLengths } from "../nested.ts";
import { checked, type Input, integer, optional, options, unchecked } from "../options.ts";
import { allColumns, expectColumns } from "./columns.ts";
import { roomLike } from "./room.ts";

const OPTIONS = options({
  /** T: rows that the network sees. */
  window: integer(),
  /** Rows after the window that it forecasts (1). */
  horizon: optional(integer(), 1),
  /** Columns that it sees (all). */
  features: optional(unchecked<readonly number[]>()),
  /** Columns that it forecasts (all). */
  targets: optional(unchecked<readonly number[]>()),
  /** Rows from the start of one window to the next (1). */
  stride: optional(integer(), 1),
});

export interface WindowOptions extends Input<typeof OPTIONS> {}

export interface Windows {
  /** [N, window, features] */
  x: NDArray;
  /** [N, horizon * targets]: all targets of the first forecast row, then those of the next; what a dense layer gives. */
  y: NDArray;
  /** [N] the number, in its series, of the first forecast row of each window. */
  index: Int32Array;
  /** [N] the number of the series that each window is from; 0 for a single one. */
  series: Int32Array;
}

/**
 * Windows over a series and the rows that follow each: what `fit` takes as x and y. The first window starts at row 0.
 * Numbers stay as they are: those of nested arrays are float64.
 *
 * Windows of several series come in the order of their place in their own series, from its beginning to its end: the last
 * tenth of x is the last tenth of every series, which is what `validationSplit` and `chronologicalSplit` take.
 *
 * `timeseriesDataset` gives the same windows without copies.
 *
 * @param series [rows, columns], oldest row first, or [rows] numbers of one column; or a list of such series with the same
 *   columns, each of any length: nested arrays [rows][columns], or `{ shape, data }`
 * @returns x, y, index and series
 * @throws TypeError for a wrong type; RangeError for a wrong value, or when a series is too short for one window
 * @example
 * const { x, y } = windows([[1], [2], [3], [4]], { window: 2 });
 * x.toArray(); // [[[1], [2]], [[2], [3]]]
 * y.toArray(); // [[3], [4]]
 */
export function windows(series: ArrayLike32 | readonly ArrayLike32[], options: WindowOptions): Windows {
  const title = "windows";
  const { all, columns, from, index, ...cut } = cutting(series, options, title);
  const { window, horizon, features, targets } = cut;
  const n = from.length;
  const x = roomLike(all, n * window * features.length, `${title}: x`);
  const y = roomLike(all, n * horizon * targets.length, `${title}: y`);
  for (let i = 0; i < n; i++) {
    const { data } = all[from[i]];
    copyRows(x, i * window * features.length, data, columns, index[i] - window, window, features);
    copyRows(y, i * horizon * targets.length, data, columns, index[i], horizon, targets);
  }
  return {
    x: ndarray(x, [n, window, features.length]),
    y: ndarray(y, [n, horizon * targets.length]),
    index,
    series: from,
  };
}

export interface Cutting {
  all: NDArray[];
  columns: number;
  /** The number of the series of each window */
  from: Int32Array;
  /** That of its first forecast row there */
  index: Int32Array;
  window: number;
  horizon: number;
  features: number[];
  targets: number[];
}

/**
 * Which windows there are.
 *
 * @param title of the public function, for errors
 */
export function cutting(series: unknown, options: WindowOptions, title: string): Cutting {
  const { window, horizon, stride, ...chosen } = checked(options, title, OPTIONS, ": ");
  const all = toSeriesList(series, `${title}: series`);
  const columns = all[0].shape[1];
  const features = expectColumns(chosen.features ?? allColumns(columns), columns, `${title}: features`);
  const targets = expectColumns(chosen.targets ?? allColumns(columns), columns, `${title}: targets`);
  const counts = all.map(({ shape: [rows] }, number) => {
    if (rows >= window + horizon) return Math.floor((rows - window - horizon) / stride) + 1;
    throw new RangeError(
      `${title}: expected at least ${window + horizon} rows (window ${window} + horizon ${horizon}), got ${rows}` +
        (all.length > 1
          ? ` in series ${number}; leave it out or pass a shorter window`
          : "; pass more rows or a shorter window"),
    );
  });
  const { series: from, place } = placesInOrder(counts);
  const index = place.map(number => number * stride + window);
  return { all, columns, from, index, window, horizon, features, targets };
}

/** Of all windows the series and the place there, in the order of their share of their own series. */
function placesInOrder(counts: readonly number[]): { series: Int32Array; place: Int32Array } {
  const n = counts.reduce((sum, count) => sum + count);
  const [series, place, order] = [new Int32Array(n), new Int32Array(n), new Int32Array(n)];
  let end = 0;
  counts.forEach((count, number) => {
    for (let i = 0; i < count; i++, end++) [series[end], place[end], order[end]] = [number, i, end];
  });
  if (counts.length === 1) return { series, place };
  const share = (i: number) => (place[i] + 0.5) / counts[series[i]];
  order.sort((a, b) => share(a) - share(b) || series[a] - series[b]);
  return { series: order.map(i => series[i]), place: order.map(i => place[i]) };
}

/**
 * The last rows of a series as one window, to forecast what comes after its end.
 *
 * @param series [rows, columns], oldest row first, or [rows] numbers of one column
 * @param window the number of rows the network sees
 * @param features the columns that it sees; all when left out
 * @returns [1, window, features]
 * @throws TypeError for a wrong type; RangeError for a wrong value, or when the series has fewer rows
 * @example latestWindow([[1], [2], [3]], 2).toArray() // [[[2], [3]]]
 */
export function latestWindow(series: ArrayLike32, window: number, features?: readonly number[]): NDArray {
  const table = toTable(toNDArray(series, "latestWindow: series"), "latestWindow: series");
  const [rows, columns] = table.shape;
  expectInteger(window, "latestWindow: window");
  const chosen = expectColumns(features ?? allColumns(columns), columns, "latestWindow: features");
  if (rows < window) {
    throw new RangeError(`latestWindow: expected at least ${window} rows, got ${rows}; pass more rows`);
  }
  const x = roomLike([table], window * chosen.length, "latestWindow");
  copyRows(x, 0, table.data, columns, rows - window, window, chosen);
  return ndarray(x, [1, window, chosen.length]);
}

/** One series, or several with the same columns. */
function toSeriesList(series: unknown, what: string): NDArray[] {
  if (!isSeriesList(series)) {
    expectRows(series, what);
    const array = toNDArray(series, what);
    if (array.shape.length !== 3) return [toTable(array, what)];
    const [count, rows, columns] = array.shape;
    if (count === 0)
      throw new RangeError(`${what}: expected at least one series, got shape [${array.shape.join(", ")}]`);
    const size = rows * columns;
    return Array.from({ length: count }, (_, i) =>
      toTable(ndarray(array.data.subarray(i * size, (i + 1) * size), [rows, columns]), what),
    );
  }
  const all = Array.from(series, (entry, i) => toTable(toNDArray(entry, `${what} ${i}`), `${what} ${i}`));
  const [{ shape }] = all;
  all.forEach((table, i) => {
    if (table.shape[1] === shape[1]) return;
    throw new RangeError(`${what} ${i}: expected ${shape[1]} columns as in series 0, got ${table.shape[1]}`);
  });
  return all;
}

/** Lists of numbers are rows, of one length: series of one column are told what to do. */
function expectRows(series: unknown, what: string): void {
  const lengths = unequalLengths(series, what);
  if (!lengths) return;
  const [first] = lengths;
  const other = lengths.find(length => length !== first);
  throw new RangeError(
    `${what}: expected every row to have ${first} numbers, got one of ${other}; a series in a list is a list of rows, ` +
      "[[1], [2]], or ndarray([1, 2])",
  );
}

/** A list of tables: of `{ shape, data }`, or of nested arrays, which are lists of rows. */
function isSeriesList(series: unknown): series is readonly unknown[] {
  if (!isArray(series) || series.length === 0) return false;
  const [first] = series;
  if (isArray(first)) return isArray(first[0]) || ArrayBuffer.isView(first[0]);
  return isObject(first) && isReadable(first) && "shape" in first;
}

function toTable(array: NDArray, what: string): NDArray {
  const { shape, data } = array;
  if (shape.length === 1) return ndarray(data, [shape[0], 1]);
  if (shape.length === 2 && shape[1] > 0) return array;
  throw new RangeError(`${what}: expected [rows, columns] or [rows], got shape [${shape.join(", ")}]`);
}

/** `count` rows of `data` from row `first` on, their `chosen` columns only, to `out` from `end` on. */
export function copyRows(
  out: NumberArray,
  end: number,
  data: NumberArray,
  columns: number,
  first: number,
  count: number,
  chosen: readonly number[],
): void {
  for (let row = first; row < first + count; row++) {
    for (const column of chosen) out[end++] = data[row * columns + column];
  }
}
