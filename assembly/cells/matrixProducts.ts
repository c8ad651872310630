import { bytes, flushTiny, padded } from "../math/lanes";
import { put, take } from "./matrixMemory";

/**
 * Products of a matrix of an mLSTM's head, [D, D], rows close together, with the vectors of several steps: what its backward
 * pass is made of. Vectors are rows of padded(D), 0 in the padding; steps are taken four at once, so their number is a
 * multiple of 4, rows of missing ones 0.
 *
 * whole  whether D is a multiple of 4: known to the compiler
 */

/** The sums of the lanes of four vectors. */
// @ts-ignore: decorator
@inline
function sums4(a: v128, b: v128, c: v128, d: v128): v128 {
  const low = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const high = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(low, high, 0, 1, 4, 5), v128.shuffle<f32>(low, high, 2, 3, 6, 7));
}

/**
 * y = x·matrixᵀ
 *
 * y       [steps, padded(D)]  out  assigned
 * matrix  [D, D]              in
 * x       [steps, padded(D)]  in
 */
export function timesTransposed(y: usize, matrix: usize, x: usize, steps: i32, D: i32): void {
  if (D & 3) transposedWith(y, matrix, x, steps, D, false);
  else transposedWith(y, matrix, x, steps, D, true);
}

// @ts-ignore: decorator
@inline
function transposedWith(y: usize, matrix: usize, x: usize, steps: i32, D: i32, whole: bool): void {
  const row = bytes(D), step = bytes(padded(D)), zero = f32x4.splat(0);
  for (let a = 0; a < D; a += 4) {
    const left = D - a, from = matrix + <usize>a * row;
    for (let s = 0; s < steps; s += 2) {
      const y0 = y + <usize>s * step + bytes(a);
      let p0 = from, p1 = left > 1 ? p0 + row : p0, p2 = left > 2 ? p1 + row : p1, p3 = left > 3 ? p2 + row : p2;
      let a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
      // A pointer for each vector: offsets that all loads add would not fit into registers.
      for (let x0 = x + <usize>s * step, x1 = x0 + step, rest = D; rest > 0; rest -= 4) {
        const v = v128.load(x0), w = v128.load(x1);
        let m = take(p0, rest, whole);
        a0 = f32x4.add(a0, f32x4.mul(m, v));
        b0 = f32x4.add(b0, f32x4.mul(m, w));
        m = take(p1, rest, whole);
        a1 = f32x4.add(a1, f32x4.mul(m, v));
        b1 = f32x4.add(b1, f32x4.mul(m, w));
        m = take(p2, rest, whole);
        a2 = f32x4.add(a2, f32x4.mul(m, v));
        b2 = f32x4.add(b2, f32x4.mul(m, w));
        m = take(p3, rest, whole);
        a3 = f32x4.add(a3, f32x4.mul(m, v));
        b3 = f32x4.add(b3, f32x4.mul(m, w));
        x0 += 16; x1 += 16; p0 += 16; p1 += 16; p2 += 16; p3 += 16;
      }
      put(y0, sums4(a0, a1, a2, a3), left, whole);
      put(y0 + step, sums4(b0, b1, b2, b3), left, whole);
    }
  }
}

/**
 * y = x·matrix
 *
 * y       [steps, padded(D)]  out  assigned
 * matrix  [D, D]              in
 * x       [steps, padded(D)]  in
 */
export function times(y: usize, matrix: usize, x: usize, steps: i32, D: i32): void {
  if (D & 3) timesWith(y, matrix, x, steps, D, false);
  else timesWith(y, matrix, x, steps, D, true);
}

// @ts-ignore: decorator
@inline
function timesWith(y: usize, matrix: usize, x: usize, steps: i32, D: i32, whole: bool): void {
  const row = bytes(D), step = bytes(padded(D)), zero = f32x4.splat(0);
  for (let j = 0; j < D; j += 8) {
    const more = j + 4 < D, next: usize = more ? 16 : 0, left = D - j, rest = more ? left - 4 : left;
    for (let s = 0; s < steps; s += 4) {
      const y0 = y + <usize>s * step + bytes(j), y1 = y0 + step, y2 = y1 + step, y3 = y2 + step;
      let p = matrix + bytes(j), x0 = x + <usize>s * step;
      let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
      for (let a = 0; a < D; a++, p += row, x0 += 4) {
        const m0 = take(p, left, whole), m1 = take(p + next, rest, whole), x2 = x0 + 2 * step;
        let v = v128.load32_splat(x0);
        c00 = f32x4.add(c00, f32x4.mul(v, m0));
        c01 = f32x4.add(c01, f32x4.mul(v, m1));
        v = v128.load32_splat(x0 + step);
        c10 = f32x4.add(c10, f32x4.mul(v, m0));
        c11 = f32x4.add(c11, f32x4.mul(v, m1));
        v = v128.load32_splat(x2);
        c20 = f32x4.add(c20, f32x4.mul(v, m0));
        c21 = f32x4.add(c21, f32x4.mul(v, m1));
        v = v128.load32_splat(x2 + step);
        c30 = f32x4.add(c30, f32x4.mul(v, m0));
        c31 = f32x4.add(c31, f32x4.mul(v, m1));
      }
      v128.store(y0, c00);
      v128.store(y1, c10);
      v128.store(y2, c20);
      v128.store(y3, c30);
      v128.store(y0 + next, c01);
      v128.store(y1 + next, c11);
      v128.store(y2 + next, c21);
      v128.store(y3 + next, c31);
    }
  }
}

/**
 * matrix = scale·matrix + xᵀ·y
 *
 * matrix  [D, D]              in/out
 * x y     [steps, padded(D)]  in
 */
export function addOuter(matrix: usize, scale: f32, x: usize, y: usize, steps: i32, D: i32): void {
  if (D & 3) addOuterWith(matrix, scale, x, y, steps, D, false);
  else addOuterWith(matrix, scale, x, y, steps, D, true);
}

// @ts-ignore: decorator
@inline
function addOuterWith(matrix: usize, scale: f32, x: usize, y: usize, steps: i32, D: i32, whole: bool): void {
  const row = bytes(D), step = bytes(padded(D)), f = f32x4.splat(scale), zero = f32x4.splat(0);
  for (let a = 0; a < D; a += 4) {
    const begin = x + bytes(a), end = begin + <usize>steps * step, p = matrix + <usize>a * row, rows = min(4, D - a);
    for (let j = 0; j < D; j += 8) {
      const next: usize = j + 4 < D ? 16 : 0;
      let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
      for (let s = begin, v = y + bytes(j); s < end; s += step, v += step) {
        const v0 = v128.load(v), v1 = v128.load(v + next);
        let q = v128.load32_splat(s);
        c00 = f32x4.add(c00, f32x4.mul(q, v0));
        c01 = f32x4.add(c01, f32x4.mul(q, v1));
        q = v128.load32_splat(s, 4);
        c10 = f32x4.add(c10, f32x4.mul(q, v0));
        c11 = f32x4.add(c11, f32x4.mul(q, v1));
        q = v128.load32_splat(s, 8);
        c20 = f32x4.add(c20, f32x4.mul(q, v0));
        c21 = f32x4.add(c21, f32x4.mul(q, v1));
        q = v128.load32_splat(s, 12);
        c30 = f32x4.add(c30, f32x4.mul(q, v0));
        c31 = f32x4.add(c31, f32x4.mul(q, v1));
      }
      const to = p + bytes(j), left = D - j;
      addScaled(to, f, c00, c01, left, whole);
      if (whole || rows > 1) addScaled(to + row, f, c10, c11, left, whole);
      if (whole || rows > 2) addScaled(to + 2 * row, f, c20, c21, left, whole);
      if (whole || rows > 3) addScaled(to + 3 * row, f, c30, c31, left, whole);
    }
  }
}

/** y = scale·y + (low, high), as much of it as is left. */
// @ts-ignore: decorator
@inline
function addScaled(y: usize, scale: v128, low: v128, high: v128, left: i32, whole: bool): void {
  put(y, flushTiny(f32x4.add(f32x4.mul(scale, take(y, left, whole)), low)), left, whole);
  if (left <= 4) return;
  put(y + 16, flushTiny(f32x4.add(f32x4.mul(scale, take(y + 16, left - 4, whole)), high)), left - 4, whole);
}

/**
 * y = scale·y + Σ weights[s]·x[s]
 *
 * y        [D]                 in/out  padded
 * x        [steps, padded(D)]  in
 * weights  [steps]             in
 */
export function addWeighted(y: usize, scale: f32, x: usize, weights: usize, steps: i32, D: i32): void {
  const step = bytes(padded(D)), f = f32x4.splat(scale), end = weights + bytes(steps);
  for (let j: usize = 0; j < step; j += 16) {
    let sum = f32x4.mul(f, v128.load(y + j));
    for (let w = weights, p = x + j; w < end; w += 4, p += step) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(w), v128.load(p)));
    }
    v128.store(y + j, sum);
  }
}
