/** A long series cut into the short pieces that a recurrent network learns from. */
import { expectInteger, expectOptions } from "../expect.ts";
import { type ArrayLike32, type NDArray, ndarray, toNDArray } from "../ndarray.ts";
import { allColumns, expectColumns } from "./columns.ts";

export interface WindowOptions {
  /** T: rows that the network sees. */
  window: number;
  /** Rows after the window that it forecasts (1). */
  horizon?: number;
  /** Columns that it sees (all). */
  features?: readonly number[];
  /** Columns that it forecasts (all). */
  targets?: readonly number[];
  /** Rows from the start of one window to the next (1). */
  stride?: number;
}

export interface Windows {
  /** [N, window, features] */
  x: NDArray;
  /** [N, horizon * targets]: all targets of the first forecast row, then those of the next; what a dense layer gives. */
  y: NDArray;
  /** [N] the number, in the series, of the first forecast row of each window. */
  index: Int32Array;
}

/**
 * Windows over a series and the rows that follow each: what `fit` takes as x and y. The first window starts at row 0.
 *
 * @param series [rows, columns], oldest row first
 * @returns x, y and index
 * @throws TypeError for a wrong type; RangeError for a wrong value, or when the series is too short for one window
 * @example
 * const { x, y } = windows([[1], [2], [3], [4]], { window: 2 });
 * x.toArray(); // [[[1], [2]], [[2], [3]]]
 * y.toArray(); // [[3], [4]]
 */
export function windows(series: ArrayLike32, options: WindowOptions): Windows {
  expectOptions(options, ["window", "horizon", "features", "targets", "stride"], "windows");
  const { rows, columns, data } = toSeries(series, "windows");
  const window = expectInteger(options.window, "windows: window");
  const horizon = expectInteger(options.horizon ?? 1, "windows: horizon");
  const stride = expectInteger(options.stride ?? 1, "windows: stride");
  const features = expectColumns(options.features ?? allColumns(columns), columns, "windows: features");
  const targets = expectColumns(options.targets ?? allColumns(columns), columns, "windows: targets");
  if (rows < window + horizon) {
    throw new RangeError(
      `windows: expected at least ${window + horizon} rows (window ${window} + horizon ${horizon}), got ${rows}; ` +
        "pass more rows or a shorter window",
    );
  }
  const n = Math.floor((rows - window - horizon) / stride) + 1;
  const x = new Float32Array(n * window * features.length);
  const y = new Float32Array(n * horizon * targets.length);
  const index = Int32Array.from({ length: n }, (_, i) => i * stride + window);
  for (let i = 0; i < n; i++) {
    copyRows(x, i * window * features.length, data, columns, index[i] - window, window, features);
    copyRows(y, i * horizon * targets.length, data, columns, index[i], horizon, targets);
  }
  return {
    x: ndarray(x, [n, window, features.length]),
    y: ndarray(y, [n, horizon * targets.length]),
    index,
  };
}

/**
 * The last rows of a series as one window, to forecast what comes after its end.
 *
 * @param series [rows, columns], oldest row first
 * @param window the number of rows the network sees
 * @param features the columns that it sees; all when left out
 * @returns [1, window, features]
 * @throws TypeError for a wrong type; RangeError for a wrong value, or when the series has fewer rows
 * @example latestWindow([[1], [2], [3]], 2).toArray() // [[[2], [3]]]
 */
export function latestWindow(series: ArrayLike32, window: number, features?: readonly number[]): NDArray {
  const { rows, columns, data } = toSeries(series, "latestWindow");
  expectInteger(window, "latestWindow: window");
  const chosen = expectColumns(features ?? allColumns(columns), columns, "latestWindow: features");
  if (rows < window) {
    throw new RangeError(`latestWindow: expected at least ${window} rows, got ${rows}; pass more rows`);
  }
  const x = new Float32Array(window * chosen.length);
  copyRows(x, 0, data, columns, rows - window, window, chosen);
  return ndarray(x, [1, window, chosen.length]);
}

function toSeries(series: ArrayLike32, what: string): { rows: number; columns: number; data: NDArray["data"] } {
  const { shape, data } = toNDArray(series, `${what}: series`);
  if (shape.length !== 2 || shape[1] === 0) {
    throw new RangeError(
      `${what}: series: expected [rows, columns], got shape [${shape.join(", ")}]; ` +
        "a single series of n numbers is { shape: [n, 1], data }",
    );
  }
  return { rows: shape[0], columns: shape[1], data };
}

/** `count` rows of `data` from row `first` on, their `chosen` columns only, to `out` from `end` on. */
function copyRows(
  out: Float32Array,
  end: number,
  data: NDArray["data"],
  columns: number,
  first: number,
  count: number,
  chosen: readonly number[],
): void {
  for (let row = first; row < first + count; row++) {
    for (const column of chosen) out[end++] = data[row * columns + column];
  }
}
