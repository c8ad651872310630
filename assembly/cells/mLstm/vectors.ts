import { bytes, loadTail, storeTail } from "../../math/lanes";

/** Vectors of the D units of a head. */

/** Lanes of the last, shorter vector of a row beyond its end are 0. */
// @ts-ignore: decorator
@inline
export function take(p: usize, left: i32, whole: bool): v128 {
  return whole || left >= 4 ? v128.load(p) : loadTail(p, left);
}

// @ts-ignore: decorator
@inline
export function put(p: usize, v: v128, left: i32, whole: bool): void {
  if (whole || left >= 4) v128.store(p, v);
  else storeTail(p, v, left);
}

/** Not memory.copy, whose call costs more than a row. */
// @ts-ignore: decorator
@inline
export function copyVector(y: usize, x: usize, D: i32, whole: bool): void {
  for (let j = 0; j < D; j += 4) put(y + bytes(j), take(x + bytes(j), D - j, whole), D - j, whole);
}

/** Elements of a row of the vectors of a step in scratch: whole pairs of vectors, as a tile takes them. */
// @ts-ignore: decorator
@inline
export function wide(D: i32): i32 {
  return (D + 7) & ~7;
}

/** x times scale, up to `end` bytes. */
// @ts-ignore: decorator
@inline
export function scaleVector(x: usize, scale: v128, end: usize): void {
  for (let j: usize = 0; j < end; j += 16) v128.store(x + j, f32x4.mul(scale, v128.load(x + j)));
}
