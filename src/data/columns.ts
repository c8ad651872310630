/** Lists of column numbers, as windows and scalers take them. */
import { expectInteger } from "../expect.ts";
import { isArray } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { countOf } from "../nested.ts";

/**
 * A list of at least one column number below `count`; a number may come more than once.
 *
 * @param what the name to use in an error
 * @throws TypeError when it is no list of numbers, RangeError when it is empty or names a column that is not there
 */
export function expectColumns(indices: unknown, count: number, what: string): number[] {
  if (!isArray(indices)) throw new TypeError(`${what}: expected a list of column numbers, got ${describe(indices)}`);
  if (indices.length === 0) throw new RangeError(`${what}: expected at least one column number, got an empty list`);
  const columns: number[] = [];
  for (let i = 0, n = countOf(indices, what); i < n; i++) {
    const index = expectInteger(indices[i], what, 0);
    if (index >= count) {
      throw new RangeError(`${what}: expected column numbers from 0 to ${count - 1}, got ${index}`);
    }
    columns.push(index);
  }
  return columns;
}

/** The numbers 0, 1, ... of all `count` columns. */
export function allColumns(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
