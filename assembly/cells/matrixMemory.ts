import { bytes, flushTiny, loadTail, storeTail, sumLanes } from "../math/lanes";

/**
 * What an mLSTM's head does with its matrix of memory C [D, D], rows close together: most of its work. Rows are taken
 * together where D is a multiple of 4 (`whole`, known to the compiler), so that vectors which all of them need are
 * loaded once; else one by one, with shorter last vectors.
 */

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

/** A vector of a row of C'. */
// @ts-ignore: decorator
@inline
function next(c: v128, f: v128, k: v128, v: v128): v128 {
  return flushTiny(f32x4.add(f32x4.mul(f, c), f32x4.mul(k, v)));
}

/**
 * C' = f·C + add·kᵀv and read = q·C'.
 *
 * cNext    [D, D]  out  assigned; may be the same buffer as c
 * read     [D]     out  assigned
 * c        [D, D]  in
 * q k v    [D]     in
 */
// @ts-ignore: decorator
@inline
export function memoryForward(
  cNext: usize, read: usize, c: usize, q: usize, k: usize, v: usize, forget: f32, add: f32, D: i32, whole: bool,
): void {
  const row = bytes(D), f = f32x4.splat(forget);
  memory.fill(read, 0, row);
  if (whole) {
    for (let a = 0; a < D; a += 4, c += 4 * row, cNext += 4 * row, q += 16, k += 16) {
      const q0 = v128.load32_splat(q), q1 = v128.load32_splat(q, 4);
      const q2 = v128.load32_splat(q, 8), q3 = v128.load32_splat(q, 12);
      const ks = f32x4.mul(f32x4.splat(add), v128.load(k));
      const k0 = f32x4.splat(f32x4.extract_lane(ks, 0)), k1 = f32x4.splat(f32x4.extract_lane(ks, 1));
      const k2 = f32x4.splat(f32x4.extract_lane(ks, 2)), k3 = f32x4.splat(f32x4.extract_lane(ks, 3));
      let from = c, to = cNext;
      for (let j: usize = 0; j < row; j += 16, from += 16, to += 16) {
        const value = v128.load(v + j), from2 = from + 2 * row, to2 = to + 2 * row;
        const c0 = next(v128.load(from), f, k0, value), c1 = next(v128.load(from + row), f, k1, value);
        v128.store(to, c0);
        v128.store(to + row, c1);
        const c2 = next(v128.load(from2), f, k2, value), c3 = next(v128.load(from2 + row), f, k3, value);
        v128.store(to2, c2);
        v128.store(to2 + row, c3);
        const first = f32x4.add(f32x4.mul(q0, c0), f32x4.mul(q1, c1));
        const second = f32x4.add(f32x4.mul(q2, c2), f32x4.mul(q3, c3));
        v128.store(read + j, f32x4.add(v128.load(read + j), f32x4.add(first, second)));
      }
    }
  } else {
    for (let a = 0; a < D; a++, c += row, cNext += row, q += 4, k += 4) {
      const qa = v128.load32_splat(q), ka = f32x4.splat(add * f32.load(k));
      for (let j = 0; j < D; j += 4) {
        const at = bytes(j), left = D - j;
        const cell = next(take(c + at, left, false), f, ka, take(v + at, left, false));
        put(cNext + at, cell, left, false);
        put(read + at, f32x4.add(take(read + at, left, false), f32x4.mul(qa, cell)), left, false);
      }
    }
  }
}

/**
 * With d = dc + qᵀ·dRead, the gradient of C':
 *
 * dv       [D]     out     assigned: add·k·d
 * dKey     [D]     out     assigned: d·v, the gradient of add·k
 * byRead   [D]     out     assigned: C·dRead; may be the same buffer as q
 * dc       [D, D]  in/out  gradient of C' from later steps in; of C, f·d, out
 * c        [D, D]  in
 * dRead q k v [D]  in
 * Returns the gradient of f, the sum of d·C.
 */
// @ts-ignore: decorator
@inline
export function memoryBackward(
  dv: usize, dKey: usize, byRead: usize, dc: usize, c: usize, dRead: usize, q: usize, k: usize, v: usize,
  forget: f32, add: f32, D: i32, whole: bool,
): f32 {
  const row = bytes(D), f = f32x4.splat(forget), zero = f32x4.splat(0);
  let sum = zero;
  memory.fill(dv, 0, row);
  if (whole) {
    for (let a: usize = 0; a < row; a += 8, c += 2 * row, dc += 2 * row) {
      const q0 = v128.load32_splat(q + a), q1 = v128.load32_splat(q + a, 4);
      const k0 = f32x4.splat(add * f32.load(k + a)), k1 = f32x4.splat(add * f32.load(k + a, 4));
      let value0 = zero, value1 = zero, read0 = zero, read1 = zero, from = c, to = dc;
      for (let j: usize = 0; j < row; j += 16, from += 16, to += 16) {
        const dr = v128.load(dRead + j), own = v128.load(v + j), c0 = v128.load(from), c1 = v128.load(from + row);
        const d0 = f32x4.add(v128.load(to), f32x4.mul(q0, dr)), d1 = f32x4.add(v128.load(to + row), f32x4.mul(q1, dr));
        v128.store(to, flushTiny(f32x4.mul(f, d0)));
        v128.store(to + row, flushTiny(f32x4.mul(f, d1)));
        v128.store(dv + j, f32x4.add(v128.load(dv + j), f32x4.add(f32x4.mul(k0, d0), f32x4.mul(k1, d1))));
        sum = f32x4.add(sum, f32x4.add(f32x4.mul(d0, c0), f32x4.mul(d1, c1)));
        read0 = f32x4.add(read0, f32x4.mul(c0, dr));
        read1 = f32x4.add(read1, f32x4.mul(c1, dr));
        value0 = f32x4.add(value0, f32x4.mul(d0, own));
        value1 = f32x4.add(value1, f32x4.mul(d1, own));
      }
      f32.store(dKey + a, sumLanes(value0));
      f32.store(dKey + a, sumLanes(value1), 4);
      f32.store(byRead + a, sumLanes(read0));
      f32.store(byRead + a, sumLanes(read1), 4);
    }
  } else {
    for (let a: usize = 0; a < row; a += 4, c += row, dc += row) {
      const qa = v128.load32_splat(q + a), ka = f32x4.splat(add * f32.load(k + a));
      let value = zero, read = zero;
      for (let j = 0; j < D; j += 4) {
        const at = bytes(j), left = D - j;
        const dr = take(dRead + at, left, false), cell = take(c + at, left, false);
        const d = f32x4.add(take(dc + at, left, false), f32x4.mul(qa, dr));
        put(dc + at, flushTiny(f32x4.mul(f, d)), left, false);
        put(dv + at, f32x4.add(take(dv + at, left, false), f32x4.mul(ka, d)), left, false);
        sum = f32x4.add(sum, f32x4.mul(d, cell));
        read = f32x4.add(read, f32x4.mul(cell, dr));
        value = f32x4.add(value, f32x4.mul(d, take(v + at, left, false)));
      }
      f32.store(dKey + a, sumLanes(value));
      f32.store(byRead + a, sumLanes(read));
    }
  }
  return sumLanes(sum);
}
