import { expectInteger, showShape } from "../expect.ts";
import { isArray } from "../isObject.ts";
import { type ArrayLike32, describe, type NDArray, ndarray, sizeOf, toNDArray } from "../ndarray.ts";
import { roomLike } from "./room.ts";

/**
 * Arrays put one after the other, along their first axis or another.
 *
 * @param arrays at least one; their shapes agree but for that axis
 * @param axis counted from 0 (0)
 * @returns float32 or int32 if all arrays are, else float64
 * @throws TypeError for a wrong type, RangeError for shapes that do not fit together
 * @example concat([[[1, 2]], [[3, 4], [5, 6]]]).toArray() // [[1, 2], [3, 4], [5, 6]]
 */
export function concat(arrays: readonly ArrayLike32[], axis = 0): NDArray {
  if (!isArray(arrays) || arrays.length === 0) {
    throw new TypeError(`concat: expected a list of at least one array, got ${describe(arrays)}`);
  }
  const parts = Array.from(arrays, (array, i) => toNDArray(array, `concat: array ${i}`));
  const [{ shape }] = parts;
  expectInteger(axis, "concat: axis", 0, Math.max(0, shape.length - 1));
  const around = (of: readonly number[]) => showShape(of.map((n, i) => (i === axis ? null : n)));
  parts.forEach((part, i) => {
    if (part.shape.length > 0 && around(part.shape) === around(shape)) return;
    throw new RangeError(`concat: expected array ${i} to be ${around(shape)} as array 0, got ${showShape(part.shape)}`);
  });
  const blocks = sizeOf(shape.slice(0, axis));
  const inner = sizeOf(shape.slice(axis + 1));
  const along = parts.reduce((sum, part) => sum + part.shape[axis], 0);
  const out = roomLike(parts, blocks * along * inner, "concat");
  let end = 0;
  for (let block = 0; block < blocks; block++) {
    for (const { shape: own, data } of parts) {
      const size = own[axis] * inner;
      out.set(data.subarray(block * size, (block + 1) * size), end);
      end += size;
    }
  }
  return ndarray(out, [...shape.slice(0, axis), along, ...shape.slice(axis + 1)]);
}
