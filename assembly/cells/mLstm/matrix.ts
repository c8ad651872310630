import { bytes, flushTiny } from "../../math/lanes";
import { put, take } from "./vectors";

/**
 * One step of the matrix of memory C [D, D] of an mLSTM's head, rows close together. Where D is a multiple of 4 (`whole`,
 * known to the compiler) four rows are taken together, so that vectors which all of them need are loaded once; else one
 * at a time, with a shorter last vector.
 *
 * A forget gate of exactly 1 is that of a step whose old scale stays, most of them: nothing decays in it, so nothing is
 * multiplied or flushed.
 */

/** A vector of a row of C'. */
// @ts-ignore: decorator
@inline
function next(c: v128, f: v128, k: v128, v: v128, decays: bool): v128 {
  const fresh = f32x4.mul(k, v);
  return decays ? flushTiny(f32x4.add(f32x4.mul(f, c), fresh)) : f32x4.add(c, fresh);
}

/**
 * C' = f·C + keyᵀ·v and read = q·C'
 *
 * c      [D, D]  in/out  C in, C' out
 * read   [D]     out     assigned
 * q key  [D]     in
 * v      [D]     in
 */
// @ts-ignore: decorator
@inline
export function memoryForward(
  c: usize, read: usize, q: usize, key: usize, v: usize, forget: f32, D: i32, whole: bool,
): void {
  memory.fill(read, 0, bytes(D));
  for (let a = 0; a < D; a += whole ? 4 : 1) {
    const at = bytes(a), rows = c + at * <usize>D;
    if (forget < 1) forwardRows(rows, read, q + at, key + at, v, forget, D, whole, true);
    else forwardRows(rows, read, q + at, key + at, v, forget, D, whole, false);
  }
}

// @ts-ignore: decorator
@inline
function forwardRows(
  c: usize, read: usize, q: usize, key: usize, v: usize, forget: f32, D: i32, whole: bool, decays: bool,
): void {
  const row = bytes(D), f = f32x4.splat(forget);
  const q0 = v128.load32_splat(q), k0 = v128.load32_splat(key);
  if (whole) {
    const q1 = v128.load32_splat(q, 4), q2 = v128.load32_splat(q, 8), q3 = v128.load32_splat(q, 12);
    const k1 = v128.load32_splat(key, 4), k2 = v128.load32_splat(key, 8), k3 = v128.load32_splat(key, 12);
    for (let j: usize = 0; j < row; j += 16, c += 16) {
      const value = v128.load(v + j), second = c + 2 * row;
      const c0 = next(v128.load(c), f, k0, value, decays), c1 = next(v128.load(c + row), f, k1, value, decays);
      v128.store(c, c0);
      v128.store(c + row, c1);
      const c2 = next(v128.load(second), f, k2, value, decays);
      const c3 = next(v128.load(second + row), f, k3, value, decays);
      v128.store(second, c2);
      v128.store(second + row, c3);
      const sum = f32x4.add(f32x4.mul(q0, c0), f32x4.mul(q1, c1));
      const other = f32x4.add(f32x4.mul(q2, c2), f32x4.mul(q3, c3));
      v128.store(read + j, f32x4.add(v128.load(read + j), f32x4.add(sum, other)));
    }
  } else {
    for (let j = 0; j < D; j += 4) {
      const at = bytes(j), left = D - j;
      const cell = next(take(c + at, left, false), f, k0, take(v + at, left, false), decays);
      put(c + at, cell, left, false);
      put(read + at, f32x4.add(take(read + at, left, false), f32x4.mul(q0, cell)), left, false);
    }
  }
}
