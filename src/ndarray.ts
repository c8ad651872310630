/** What users hand in and get back: a shape and its numbers, row-major. Lives on the JavaScript heap. */

/** Nested plain arrays of numbers, any depth. */
export type NestedArray = number | readonly NestedArray[];

/** A dense row-major array of 32-bit numbers. */
export interface NDArray {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
  /** The same numbers as nested plain arrays. */
  toArray(): NestedArray;
}

/** Everything a public function takes as data: nested arrays, `{ shape, data }`, or an NDArray. */
export type ArrayLike32 = NestedArray | { readonly shape: readonly number[]; readonly data: ArrayLike<number> };

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

class DenseArray implements NDArray {
  constructor(
    readonly shape: readonly number[],
    readonly data: Float32Array | Int32Array,
  ) {}

  toArray(): NestedArray {
    const nest = (axis: number, offset: number): NestedArray => {
      if (axis === this.shape.length) return this.data[offset];
      const stride = sizeOf(this.shape.slice(axis + 1));
      return Array.from({ length: this.shape[axis] }, (_, i) => nest(axis + 1, offset + i * stride));
    };
    return nest(0, 0);
  }
}

/**
 * An array over `data` (kept, not copied, when it is a Float32Array or Int32Array).
 *
 * @param data the numbers, row-major
 * @param shape their shape; its product must be `data.length`
 * @throws TypeError for data or a shape of another kind, RangeError when shape and length disagree
 * @example ndarray(new Float32Array(6), [2, 3]).toArray() // [[0, 0, 0], [0, 0, 0]]
 */
export function ndarray(data: ArrayLike<number>, shape: readonly number[] = [data?.length]): NDArray {
  return dense(data, shape, "ndarray");
}

function isNumbers(value: unknown): value is ArrayLike<number> {
  if (ArrayBuffer.isView(value)) {
    return !(value instanceof DataView || value instanceof BigInt64Array || value instanceof BigUint64Array);
  }
  return Array.isArray(value) && value.every(entry => typeof entry === "number");
}

function dense(data: unknown, shape: unknown, what: string): NDArray {
  if (!isNumbers(data)) {
    const bad = Array.isArray(data) ? data.findIndex(entry => typeof entry !== "number") : -1;
    const got = bad < 0 ? describe(data) : `${describe((data as unknown[])[bad])} at element ${bad}`;
    throw new TypeError(`${what}: expected data of numbers, an array or a typed array, got ${got}`);
  }
  if (!Array.isArray(shape)) {
    throw new TypeError(`${what}: expected a shape such as [2, 3], got ${describe(shape)}`);
  }
  if (!shape.every(n => Number.isInteger(n) && n >= 0)) {
    throw new RangeError(`${what}: expected a shape of whole numbers >= 0, got [${shape.map(describe).join(", ")}]`);
  }
  if (sizeOf(shape) !== data.length) {
    throw new RangeError(
      `${what}: shape [${shape.join(", ")}] holds ${sizeOf(shape)} numbers, got ${data.length}; pass a shape whose product is data.length`,
    );
  }
  const typed = data instanceof Float32Array || data instanceof Int32Array ? data : Float32Array.from(data);
  return new DenseArray([...shape], typed);
}

/**
 * Any accepted form of data as an NDArray. Nested arrays are copied; typed arrays are kept.
 *
 * @param what the name to use in an error
 * @throws TypeError for anything that is not numeric data, RangeError for ragged nested arrays
 */
export function toNDArray(value: unknown, what: string): NDArray {
  if (value instanceof DenseArray) return value;
  if (ArrayBuffer.isView(value) && isNumbers(value)) return dense(value, [value.length], what);
  if (isShaped(value)) return dense(value.data, value.shape, what);
  // What a model with one input takes where one with several takes a list.
  if (Array.isArray(value) && value.length === 1 && isShaped(value[0])) return toNDArray(value[0], what);
  if (Array.isArray(value)) return fromNested(value, what);
  throw new TypeError(
    `${what}: expected nested number arrays, { shape, data } or ndarray(data, shape), got ${describe(value)}`,
  );
}

function isShaped(value: unknown): value is { shape: unknown; data: unknown } {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}

function fromNested(nested: readonly unknown[], what: string): NDArray {
  const shape: number[] = [];
  for (let level: unknown = nested; Array.isArray(level) || ArrayBuffer.isView(level); ) {
    const row = level as ArrayLike<unknown>;
    shape.push(row.length);
    level = row[0];
  }
  const data = new Float32Array(sizeOf(shape));
  let end = 0;
  const fill = (value: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof value !== "number") {
        throw new TypeError(`${what}: expected numbers, got ${describe(value)} at element ${end}`);
      }
      data[end++] = value;
      return;
    }
    const row = value as ArrayLike<unknown>;
    if ((!Array.isArray(value) && !ArrayBuffer.isView(value)) || row.length !== shape[axis]) {
      const got = Array.isArray(value) ? `one of ${value.length}` : describe(value);
      throw new RangeError(
        `${what}: expected every row of axis ${axis} to have ${shape[axis]} entries, got ${got}; pad or cut the rows to one length`,
      );
    }
    for (let i = 0; i < row.length; i++) fill(row[i], axis + 1);
  };
  fill(nested, 0);
  return new DenseArray(shape, data);
}

/** A short name of a value for error messages. */
export function describe(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (typeof value === "number" || typeof value === "boolean" || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = Object.getPrototypeOf(value)?.constructor?.name; // an own "constructor" may be anything
  return typeof value === "object" ? `an object${name && name !== "Object" ? ` (${name})` : ""}` : `a ${typeof value}`;
}
