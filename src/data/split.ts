/** Held-out data for a series: the past to learn from, the future to be judged on. */
import { cut } from "../describe.ts";
import { isArray, isObject, isReadable } from "../isObject.ts";
import { type ArrayLike32, type NDArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { checked, type Input, number, optional, options } from "../options.ts";
import { views } from "../samples.ts";
import type { WindowView } from "./timeseriesDataset.ts";

const OPTIONS = options({
  /** Share of the rows, in [0, 1), right before the test rows (0.1). */
  validation: optional(number(0, 1), 0.1),
  /** Share of the rows, in [0, 1), at the end (0.1). */
  test: optional(number(0, 1), 0.1),
});

export interface SplitOptions extends Input<typeof OPTIONS> {}

/** Three parts, oldest first. */
export interface Split<T> {
  train: T;
  validation: T;
  test: T;
}

/** An array with its shape: what may stand in a list of arrays to split. */
type Shaped = Extract<ArrayLike32, { readonly shape: readonly number[] }>;

/** What may stand under a name in an object of arrays to split. */
export type NamedArray = ArrayLike32 | ArrayLike<number> | readonly boolean[];

/**
 * Splits rows (first axis) in the order of time, never shuffled: the oldest for training, then validation, then test.
 * Arrays by name such as { x, y }, or a list such as [x, y], with equal numbers of rows are split at the same rows. The
 * share of a part is rounded to whole rows. The parts are views: they share the numbers of an NDArray that is handed in.
 *
 * @param data [rows, ...]; or { x, y } and other names, each [rows, ...]; or a list of arrays `{ shape: [rows, ...], data }`
 * @param options shares of validation and test; 0.1 each when left out, 0 for none
 * @returns train, validation and test, each an NDArray, or NDArrays by the same names, or a list of them
 * @throws TypeError for a wrong type; RangeError for a wrong value or too few rows
 * @example
 * const { train, test } = chronologicalSplit([[1], [2], [3], [4]], { validation: 0, test: 0.25 });
 * train.toArray(); // [[1], [2], [3]]
 * test.toArray(); // [[4]]
 */
export function chronologicalSplit(data: readonly Shaped[], options?: SplitOptions): Split<NDArray[]>;
export function chronologicalSplit(data: ArrayLike32, options?: SplitOptions): Split<NDArray>;
export function chronologicalSplit<T extends { readonly [Name in keyof T]: NamedArray }>(
  data: T,
  options?: SplitOptions,
): Split<{ [Name in keyof T]: NDArray }>;
export function chronologicalSplit(
  data: ArrayLike32 | readonly Shaped[] | Readonly<Record<string, NamedArray>>,
  options: SplitOptions = {},
): Split<NDArray> | Split<NDArray[]> | Split<Record<string, NDArray>> {
  const what = "chronologicalSplit";
  const shares = checked(options, what, OPTIONS, ": ");
  const names = namesOf(data);
  const list = isArray(data) && isShaped(data[0]);
  const arrays = names
    ? names.map(name => arrayOf((data as Record<string, NamedArray>)[name], `${what}: ${cut(name)}`))
    : list
      ? Array.from(data as readonly unknown[], (entry, i) => arrayOf(entry, `${what}: array ${i}`))
      : [arrayOf(data, what, false)];
  const counts = arrays.map(array => array.shape[0] ?? 0); // no axis, no rows
  const rows = counts[0];
  if (counts.some(count => count !== rows)) {
    const got = names ? counts.map((count, i) => `${cut(names[i])}: ${count}`) : counts;
    throw new RangeError(`${what}: expected arrays with equal numbers of rows, got ${got.join(", ")}`);
  }
  const validation = partOf(rows, shares.validation, `${what}: validation`);
  const test = partOf(rows, shares.test, `${what}: test`);
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
  if (names) {
    const named = (part: NDArray[]) => Object.fromEntries(names.map((name, i) => [name, part[i]]));
    return { train: named(parts.train), validation: named(parts.validation), test: named(parts.test) };
  }
  if (list) return parts;
  return { train: parts.train[0], validation: parts.validation[0], test: parts.test[0] };
}

/** Views stay views. */
const arrayOf = (value: unknown, what: string, booleans = true): NDArray =>
  views.has(value as object) ? (value as WindowView) : toNDArray(value, what, booleans);

const isShaped = (value: unknown): boolean => isObject(value) && isReadable(value) && "shape" in value;

/** The names of a plain object of arrays; nothing for an array in any form. */
function namesOf(data: unknown): string[] | undefined {
  if (!isObject(data) || !isReadable(data)) return undefined;
  if (Array.isArray(data) || ArrayBuffer.isView(data) || ("shape" in data && "data" in data)) return undefined;
  const prototype = Object.getPrototypeOf(data);
  const names = prototype === null || Object.getPrototypeOf(prototype) === null ? Object.keys(data) : [];
  return names.length > 0 ? names : undefined;
}

function partOf(rows: number, share: number, what: string): number {
  const count = Math.round(rows * share);
  if (share > 0 && count === 0) {
    throw new RangeError(`${what}: ${share} of ${rows} rows is less than one; pass a larger share or more rows`);
  }
  return count;
}

function rowsOf(array: NDArray, begin: number, end: number): NDArray {
  if (views.has(array)) return (array as WindowView).slice(begin, end);
  const { shape, data } = array;
  const size = sizeOf(shape.slice(1));
  return ndarray(data.subarray(begin * size, end * size), [end - begin, ...shape.slice(1)]);
}
