/** Nested plain arrays into one block of numbers: in one pass, whatever they hold. */

import { describe } from "./describe.ts";
import { elsewhere } from "./elsewhere.ts";
import { isArray } from "./isObject.ts";
import { type Doubles, isGone, isNumericView, lengthOf } from "./typedArray.ts";

/** Nested plain arrays of numbers, any depth. */
export type NestedArray = number | readonly NestedArray[];

/** As in files: more axes than these are a mistake, such as an array that holds itself. */
export const MAX_AXES = 32;
/** What a model's memory can address; a list with holes may claim any length. */
export const MAX_NUMBERS = 2 ** 30;

/** A list whose entries are read: an array, or a typed array of numbers. */
type Row = ArrayLike<unknown>;

/** That a user's typed array has lost its numbers. */
export function goneError(what: string, wanted: string, count: number): TypeError {
  return new TypeError(
    `${what}: expected ${wanted}, but the typed array has ${count} now: its buffer was transferred or resized; ` +
      "pass a copy, data.slice()",
  );
}

/** The length of a list, checked: a proxy may say anything, and a typed array may have lost its buffer. */
export function countOf(row: ArrayLike<unknown>, what: string): number {
  if (isNumericView(row)) {
    if (isGone(row)) throw goneError(what, "numbers", 0);
    return lengthOf(row);
  }
  const count: unknown = row.length;
  if (Number.isInteger(count) && (count as number) >= 0) return count as number;
  throw new TypeError(`${what}: expected arrays with a length, got one whose length is ${describe(count)}`);
}

export const isRow = (value: unknown): value is Row => isArray(value) || isNumericView(value);

/** The lengths of rows that have not all the same; nothing for any other value. */
export function unequalLengths(list: unknown, what: string): number[] | undefined {
  if (!isArray(list) || !isRow(list[0])) return undefined;
  const [count, first] = [countOf(list, what), countOf(list[0], what)];
  if (count * Math.max(first, 1) > MAX_NUMBERS) return undefined; // who reads it says so
  const lengths: number[] = [];
  let unequal = false;
  // One by one, to the first hole: a list with holes may claim any length.
  for (let i = 0; i < count; i++) {
    const row = list[i];
    if (!isRow(row)) return undefined;
    lengths.push(countOf(row, what));
    unequal ||= lengths[i] !== first;
  }
  return unequal ? lengths : undefined;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const n of shape) size *= n;
  return size;
}

/** What nested arrays are copied to: doubles keep all that they hold. */
export type Room = new (size: number) => Doubles | Float32Array;

/**
 * Memory for the numbers of a shape.
 *
 * @throws RangeError when they are more than any model can hold, or than there is memory for
 */
export function roomFor(shape: readonly number[], what: string): Doubles;
export function roomFor(shape: readonly number[], what: string, Kind?: Room): Doubles | Float32Array;
export function roomFor(shape: readonly number[], what: string, Kind: Room = Float64Array): Doubles | Float32Array {
  const size = sizeOf(shape);
  // Empty rows have to be walked all the same.
  const steps = sizeOf(shape.map(n => n || 1));
  const claim = `${what}: shape [${shape.join(", ")}] would hold ${size} numbers`;
  if (steps > MAX_NUMBERS) throw new RangeError(`${claim}; expected at most ${MAX_NUMBERS}: pass the data in parts`);
  try {
    return new Kind(size);
  } catch (cause) {
    throw new RangeError(`${claim}, more than there is memory for; pass a Float32Array, or the data in parts`, {
      cause,
    });
  }
}

/** The shape that the first entries have. */
function shapeOf(nested: Row, what: string): number[] {
  const shape: number[] = [];
  for (let level: unknown = nested; isRow(level); ) {
    if (shape.length === MAX_AXES) {
      throw new RangeError(
        `${what}: expected nested arrays of at most ${MAX_AXES} axes, got deeper ones; does an array hold itself?`,
      );
    }
    const count = countOf(level, what);
    shape.push(count);
    level = count > 0 && level[0];
  }
  return shape;
}

/**
 * The numbers of nested arrays, copied.
 *
 * @param what the name to use in an error
 * @param booleans whether true and false may stand for 1 and 0
 * @throws TypeError for an entry that is no number, RangeError for rows of unequal length or too many of them
 */
export function readNested(
  nested: Row,
  what: string,
  booleans: boolean,
  Kind?: Room,
): { shape: number[]; data: Doubles | Float32Array } {
  const shape = shapeOf(nested, what);
  const data = roomFor(shape, what, Kind);
  const last = shape.length - 1;
  /** @returns the place behind the numbers of a row that begin at a place; a variable of all calls would be garbage at each of them */
  const fill = (value: unknown, axis: number, begin: number): number => {
    const count = shape[axis];
    if (!isRow(value) || countOf(value, what) !== count) {
      const got = isArray(value) ? `one of ${value.length}` : describe(value);
      const entry = elsewhere("lengths");
      throw new RangeError(
        `${what}: expected every row of axis ${axis} to have ${count} entries, got ${got}; pad or cut the rows to one length` +
          (entry ? `, or import ${entry}` : ""),
      );
    }
    let end = begin;
    for (let i = 0; i < count; i++) {
      const entry = value[i];
      if (axis < last) end = fill(entry, axis + 1, end);
      else data[end++] = typeof entry === "number" ? entry : expectBit(entry, end - 1, what, booleans);
    }
    return end;
  };
  fill(nested, 0, 0);
  return { shape, data };
}

/** A boolean where it is a label; anything else is no number. */
export function expectBit(entry: unknown, at: number, what: string, booleans: boolean): number {
  if (booleans && typeof entry === "boolean") return Number(entry);
  throw new TypeError(`${what}: expected numbers, got ${describe(entry)} at element ${at}`);
}
