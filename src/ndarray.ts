/** What users hand in and get back: a shape and its numbers, row-major. Lives on the JavaScript heap. */
import { describe } from "./describe.ts";
import { isArray, isObject, isReadable } from "./isObject.ts";
import {
  countOf,
  expectBit,
  goneError,
  MAX_AXES,
  type NestedArray,
  type Room,
  readNested,
  roomFor,
  sizeOf,
} from "./nested.ts";
import { asNumbers, isNumericView, lengthOf, type NumberArray } from "./typedArray.ts";

export { describe } from "./describe.ts";
export { type NestedArray, sizeOf } from "./nested.ts";
export type { NumberArray } from "./typedArray.ts";

/**
 * A dense row-major array. Numbers keep the precision they came in: those of plain arrays and of a Float64Array are
 * float64 until they are scaled or enter a model, which computes in float32; what a model gives is a Float32Array.
 */
export interface NDArray<Data extends NumberArray = NumberArray> {
  readonly shape: readonly number[];
  readonly data: Data;
  /** The same numbers as nested plain arrays. */
  toArray(): NestedArray;
}

/** Everything a public function takes as data: nested arrays, `{ shape, data }`, or an NDArray. */
export type ArrayLike32 = NestedArray | { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

/** One array as data, in any accepted form; a typed array by itself has one axis. */
export type ArrayData = ArrayLike32 | (ArrayBufferView & ArrayLike<number>);

/** Of an array without numbers the product of the other axes. */
const MAX_EMPTY = 2 ** 24;

class DenseArray<Data extends NumberArray> implements NDArray<Data> {
  readonly shape: readonly number[];
  readonly data: Data;
  readonly #checked: { readonly shape: readonly number[]; readonly size: number; readonly data: Data };

  // Not frozen: a frozen shape made every step of training slower.
  constructor(shape: readonly number[], data: Data) {
    this.shape = shape;
    this.data = data;
    this.#checked = { shape, size: sizeOf(shape), data };
  }

  /** Whether a value was made here, which a proxy was not, and has been left as it was, but for the numbers themselves. */
  static is(value: unknown): value is DenseArray<NumberArray> {
    if (!isObject(value) || !(#checked in value)) return false;
    const { shape, size, data } = value.#checked;
    if (value.shape !== shape || value.data !== data || sizeOf(shape) !== size) return false;
    return shape.every(n => Number.isInteger(n) && n >= 0);
  }

  toArray(): NestedArray {
    expectPresent(this, "toArray");
    const nest = (axis: number, offset: number): NestedArray => {
      if (axis === this.shape.length) return this.data[offset];
      const stride = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis] }, (_, i) => nest(axis + 1, offset + i * stride));
    };
    return nest(0, 0);
  }
}

/**
 * An array over `data`: kept, not copied, when it is a Float32Array, Int32Array or Float64Array. Plain arrays become
 * a Float64Array, small integers a Float32Array.
 *
 * @param data the numbers, row-major
 * @param shape their shape; its product must be `data.length`
 * @throws TypeError for data or a shape of another kind, RangeError when shape and length disagree
 * @example ndarray(new Float32Array(6), [2, 3]).toArray() // [[0, 0, 0], [0, 0, 0]]
 */
export function ndarray<Data extends NumberArray>(data: Data, shape?: readonly number[]): NDArray<Data>;
export function ndarray(data: ArrayLike<number>, shape?: readonly number[]): NDArray;
export function ndarray(data: ArrayLike<number>, shape: readonly number[] = [data?.length]): NDArray {
  return dense(data, shape, "ndarray", false);
}

/** The numbers of an array or typed array, those of a plain one copied. */
function numbersIn(data: unknown, what: string, booleans: boolean): NumberArray {
  const view = isNumericView(data);
  if (!view && !isArray(data)) {
    throw new TypeError(`${what}: expected data of numbers, an array or a typed array, got ${describe(data)}`);
  }
  const count = countOf(data, what);
  if (view) return asNumbers(data);
  const numbers = roomFor([count], what);
  for (let i = 0; i < count; i++) {
    const entry = data[i];
    numbers[i] = typeof entry === "number" ? entry : expectBit(entry, i, what, booleans);
  }
  return numbers;
}

function expectShape(value: unknown, what: string): number[] {
  if (!isArray(value)) throw new TypeError(`${what}: expected a shape such as [2, 3], got ${describe(value)}`);
  const axes = countOf(value, what);
  if (axes > MAX_AXES) throw new RangeError(`${what}: expected a shape of at most ${MAX_AXES} axes, got ${axes}`);
  const shape = Array.from({ length: axes }, (_, i) => value[i]);
  if (!shape.every(n => Number.isInteger(n) && (n as number) >= 0)) {
    throw new RangeError(`${what}: expected a shape of whole numbers >= 0, got [${shape.map(describe).join(", ")}]`);
  }
  return shape.map(n => (n as number) + 0); // -0 is 0
}

function dense(data: unknown, wanted: unknown, what: string, booleans: boolean): NDArray {
  const numbers = numbersIn(data, what, booleans);
  const shape = expectShape(wanted, what);
  const size = sizeOf(shape);
  if (size !== numbers.length) {
    throw new RangeError(
      `${what}: shape [${shape.join(", ")}] holds ${size} numbers, got ${numbers.length}; pass a shape whose product is data.length`,
    );
  }
  // Samples without numbers cost time and memory all the same.
  if (size === 0 && sizeOf(shape.map(n => n || 1)) > MAX_EMPTY) {
    throw new RangeError(`${what}: shape [${shape.join(", ")}] is too large for an array without numbers`);
  }
  return new DenseArray(shape, numbers);
}

/**
 * Any accepted form of data as an NDArray. Nested arrays are copied; typed arrays are kept.
 *
 * @param what the name to use in an error
 * @param booleans whether true and false may stand for 1 and 0, as labels do
 * @param Kind what nested arrays become: a Float32Array where no more of them is asked for, which takes half the memory
 * @throws TypeError for anything that is not numeric data, RangeError for ragged nested arrays
 */
export function toNDArray(value: unknown, what: string, booleans = false, Kind?: Room): NDArray {
  if (DenseArray.is(value)) {
    expectPresent(value, what);
    return value;
  }
  if (isNumericView(value)) return dense(value, [countOf(value, what)], what, false);
  const list = isArray(value);
  if (!list && isShaped(value)) return dense(value.data, value.shape, what, booleans);
  if (!list) {
    throw new TypeError(
      `${what}: expected nested number arrays, { shape, data } or ndarray(data, shape), got ${describe(value)}`,
    );
  }
  // What a model with one input takes where one with several takes a list.
  if (value.length === 1 && !isArray(value[0]) && isShaped(value[0])) return toNDArray(value[0], what, booleans, Kind);
  const { shape, data } = readNested(value, what, booleans, Kind);
  return new DenseArray(shape, data);
}

function isShaped(value: unknown): value is { shape: unknown; data: unknown } {
  return isObject(value) && isReadable(value) && "shape" in value && "data" in value;
}

/**
 * Sees to it that the numbers of an array are still there: its typed array belongs to the user, whose buffer may have
 * been transferred or shrunk since.
 *
 * @throws TypeError naming what happened
 */
export function expectPresent({ shape, data }: Pick<NDArray, "shape" | "data">, what: string): void {
  const count = lengthOf(data);
  if (count !== sizeOf(shape)) throw goneError(what, `the ${sizeOf(shape)} numbers of [${shape.join(", ")}]`, count);
}
