import { bytes, flushTiny, padded, sumLanes } from "../../math/lanes";
import { storeTransposed } from "../../math/transpose";
import { take, wide } from "./vectors";

/**
 * What a pair of steps of an mLSTM has to do with each other: matrices of steps by steps, rows `line` bytes apart. In a
 * lower triangle the row is the later step, in an upper one the earlier.
 */

/**
 * What the forget gates leave of step t at step s: their product from t + 1 to s.
 *
 * weights  [steps, steps]  out  the lower triangle; 0 above it and in rows up to a multiple of four
 * before   [steps + 1]     out  what the ones before each step leave of what was before the first
 * forgets  [steps]         in
 */
export function weightsBetween(weights: usize, before: usize, forgets: usize, steps: i32, line: usize): void {
  let left: f32 = 1;
  memory.fill(weights, 0, line);
  for (let s = 0, row = weights; s < padded(steps); s++, row += line) {
    const forget: f32 = s < steps ? f32.load(forgets + bytes(s)) : 0, f = f32x4.splat(forget);
    if (s) {
      for (let t: usize = 0; t < line; t += 16) {
        v128.store(row + t, flushTiny(f32x4.mul(f, v128.load(row - line + t))));
      }
    }
    if (s < steps) f32.store(row + bytes(s), 1);
    f32.store(before + bytes(s), left);
    left *= forget;
    if (left < 1e-19) left = 0;
    f32.store(before + bytes(s), left, 4);
  }
}

/** y, an upper triangle, = the transpose of x, a lower one. */
export function transposeTriangle(y: usize, x: usize, steps: i32, line: usize): void {
  for (let s = 0; s < steps; s += 4) {
    const row = x + <usize>s * line, third = row + 2 * line;
    for (let t = 0; t <= s; t += 4) {
      const at = bytes(t);
      storeTransposed(
        y + <usize>t * line + bytes(s), line,
        v128.load(row + at), v128.load(row + line + at), v128.load(third + at), v128.load(third + line + at),
      );
    }
  }
}

/** y = x·z by element, of lower triangles; rows up to a multiple of four too. */
export function multiplyTriangles(y: usize, x: usize, z: usize, steps: i32, line: usize): void {
  for (let s = 0; s < padded(steps); s++, y += line, x += line, z += line) {
    for (let t: usize = 0, end = bytes(s + 1); t < end; t += 16) {
      v128.store(y + t, f32x4.mul(v128.load(x + t), v128.load(z + t)));
    }
  }
}

/** The same with the row of z before each row, and 0 in the first. */
export function multiplyByEarlier(y: usize, x: usize, z: usize, steps: i32, line: usize): void {
  memory.fill(y, 0, line);
  for (let s = 1; s < steps; s++) {
    const row = <usize>s * line;
    for (let t: usize = 0, end = bytes(s + 1); t < end; t += 16) {
      v128.store(y + row + t, f32x4.mul(v128.load(x + row + t), v128.load(z + row - line + t)));
    }
  }
}

/** The sum of the products of n numbers, in four sums, none of which has to wait for another. */
// @ts-ignore: decorator
@inline
function longDot(a: usize, b: usize, n: i32): f32 {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
  let j = 0;
  for (; j + 16 <= n; j += 16, a += 64, b += 64) {
    s0 = f32x4.add(s0, f32x4.mul(v128.load(a), v128.load(b)));
    s1 = f32x4.add(s1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    s2 = f32x4.add(s2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
    s3 = f32x4.add(s3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
  }
  for (; j < n; j += 4, a += 16, b += 16) {
    s0 = f32x4.add(s0, f32x4.mul(take(a, n - j, false), take(b, n - j, false)));
  }
  return sumLanes(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
}

/**
 * The gradient of each forget gate by C: the sum of C before its step times the gradient of C after it.
 *
 * dForgets                           [steps]         out  assigned
 * reads                              [steps]         scratch
 * C dC                               [D, D]          in   C before the first step, its gradient after the last
 * queries dQueries keys dKeys        [steps, W]      in   dQueries = C·dr, dKeys = dC·v
 * weightsLater both                  [steps, steps]  in   upper triangles: weightsBetween, A·M by element
 * left                               [steps]         in   weights of the last step
 */
export function forgetGradients(
  dForgets: usize, reads: usize, forgets: usize, C: usize, dC: usize, queries: usize, dQueries: usize, keys: usize,
  dKeys: usize, weightsLater: usize, both: usize, left: usize, steps: i32, line: usize, D: i32,
): void {
  const step = bytes(wide(D)), end = bytes(steps);
  // The sum of C before step t times dC, and q(s) on C before step t on dr(s).
  let byLast = longDot(C, dC, D * D);
  for (let s = 0; s < padded(steps); s++) {
    const at = <usize>s * step;
    f32.store(reads + bytes(s), s < steps ? longDot(queries + at, dQueries + at, D) : 0);
  }
  for (let t = 0; t < steps; t++) {
    const forget = f32.load(forgets + bytes(t)), f = f32x4.splat(forget), row = <usize>t * line, at = <usize>t * step;
    let sum = f32x4.splat(0);
    for (let s = bytes(t & ~3); s < end; s += 16) {
      const value = v128.load(reads + s);
      sum = f32x4.add(sum, f32x4.mul(v128.load(weightsLater + row + s), value));
      v128.store(reads + s, f32x4.add(f32x4.mul(f, value), v128.load(both + row + s)));
    }
    f32.store(dForgets + bytes(t), sumLanes(sum) + f32.load(left + bytes(t)) * byLast);
    byLast = forget * byLast + longDot(keys + at, dKeys + at, D);
  }
}
