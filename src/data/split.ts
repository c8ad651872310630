/** Held-out data for a series: the past to learn from, the future to be judged on. */
import { expectNumber, expectOptions } from "../expect.ts";
import { type ArrayLike32, type NDArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";

export interface SplitOptions {
  /** Share of the rows, in [0, 1), right before the test rows (0.1). */
  validation?: number;
  /** Share of the rows, in [0, 1), at the end (0.1). */
  test?: number;
}

/** Three parts, oldest first. */
export interface Split<T> {
  train: T;
  validation: T;
  test: T;
}

/** An array with its shape: what may stand in a list of arrays to split. */
type Shaped = Extract<ArrayLike32, { readonly shape: readonly number[] }>;

/**
 * Splits rows (first axis) in the order of time, never shuffled: the oldest for training, then validation, then test.
 * A list of arrays with equal numbers of rows, such as [x, y] of `windows`, is split at the same rows. The share of a
 * part is rounded to whole rows. The parts are views: they share the numbers of an NDArray that is handed in.
 *
 * @param data [rows, ...], or a list of arrays `{ shape: [rows, ...], data }`
 * @param options shares of validation and test; 0.1 each when left out, 0 for none
 * @returns train, validation and test, each an NDArray, or a list of them for a list
 * @throws TypeError for a wrong type; RangeError for a wrong value or too few rows
 * @example
 * const { train, test } = chronologicalSplit([[1], [2], [3], [4]], { validation: 0, test: 0.25 });
 * train.toArray(); // [[1], [2], [3]]
 * test.toArray(); // [[4]]
 */
export function chronologicalSplit(data: readonly Shaped[], options?: SplitOptions): Split<NDArray[]>;
export function chronologicalSplit(data: ArrayLike32, options?: SplitOptions): Split<NDArray>;
export function chronologicalSplit(
  data: ArrayLike32 | readonly Shaped[],
  options: SplitOptions = {},
): Split<NDArray> | Split<NDArray[]> {
  const what = "chronologicalSplit";
  expectOptions(options, ["validation", "test"], what);
  const list = Array.isArray(data) && typeof data[0] === "object" && data[0] !== null && "shape" in data[0];
  const arrays = list ? data.map((entry, i) => toNDArray(entry, `${what}: array ${i}`)) : [toNDArray(data, what)];
  const counts = arrays.map(array => array.shape[0] ?? 0); // no axis, no rows
  const rows = counts[0];
  if (counts.some(count => count !== rows)) {
    throw new RangeError(`${what}: expected arrays with equal numbers of rows, got ${counts.join(", ")}`);
  }
  const validation = partOf(rows, options.validation ?? 0.1, `${what}: validation`);
  const test = partOf(rows, options.test ?? 0.1, `${what}: test`);
  const train = rows - validation - test;
  if (train < 1) {
    throw new RangeError(
      `${what}: expected shares that leave rows to train on, got validation ${validation} and test ${test} ` +
        `of ${rows} rows; pass smaller shares or more rows`,
    );
  }
  const part = (begin: number, end: number) => arrays.map(array => rowsOf(array, begin, end));
  const parts = {
    train: part(0, train),
    validation: part(train, train + validation),
    test: part(train + validation, rows),
  };
  if (list) return parts;
  return { train: parts.train[0], validation: parts.validation[0], test: parts.test[0] };
}

function partOf(rows: number, share: number, what: string): number {
  expectNumber(share, what, 0, 1);
  const count = Math.round(rows * share);
  if (share > 0 && count === 0) {
    throw new RangeError(`${what}: ${share} of ${rows} rows is less than one; pass a larger share or more rows`);
  }
  return count;
}

function rowsOf({ shape, data }: NDArray, begin: number, end: number): NDArray {
  const size = sizeOf(shape.slice(1));
  return ndarray(data.subarray(begin * size, end * size), [end - begin, ...shape.slice(1)]);
}
