import { bytes, loadTail, storeTail } from "../math/lanes";

/** x above 0, alpha·x elsewhere. */
// @ts-ignore: decorator
@inline
function bent4(x: v128, alpha: v128): v128 {
  return v128.bitselect(x, f32x4.mul(alpha, x), f32x4.gt(x, f32x4.splat(0)));
}

/**
 * y = x where x > 0, alpha·x elsewhere.
 *
 * y      [rows, C]  out  assigned; may be the same buffer as x
 * x      [rows, C]  in
 * alpha  [C]        in
 */
export function preluForward(y: usize, x: usize, alpha: usize, rows: i32, C: i32): void {
  const row = bytes(C), whole = bytes(C & ~3), rest = C & 3;
  for (let r = 0; r < rows; r++, y += row, x += row) {
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(y + j, bent4(v128.load(x + j), v128.load(alpha + j)));
    }
    if (rest) storeTail(y + whole, bent4(loadTail(x + whole, rest), loadTail(alpha + whole, rest)), rest);
  }
}

/** dy above 0, dy·alpha elsewhere. */
// @ts-ignore: decorator
@inline
function slope4(dy: v128, x: v128, alpha: v128): v128 {
  return v128.bitselect(dy, f32x4.mul(dy, alpha), f32x4.gt(x, f32x4.splat(0)));
}

/**
 * dx      [rows, C]  in/out  accumulated; pointer 0: not wanted
 * dAlpha  [C]        in/out  accumulated, sums in f64; pointer 0: not wanted
 * dy      [rows, C]  in
 * x       [rows, C]  in
 * alpha   [C]        in
 */
export function preluBackward(
  dx: usize, dAlpha: usize, dy: usize, x: usize, alpha: usize, rows: i32, C: i32,
): void {
  const row = bytes(C), whole = bytes(C & ~3), rest = C & 3;
  if (dx) {
    for (let r = 0, at: usize = 0; r < rows; r++, at += row) {
      for (let j: usize = 0; j < whole; j += 16) {
        const d = slope4(v128.load(dy + at + j), v128.load(x + at + j), v128.load(alpha + j));
        v128.store(dx + at + j, f32x4.add(v128.load(dx + at + j), d));
      }
      if (rest) {
        const end = at + whole;
        const d = slope4(loadTail(dy + end, rest), loadTail(x + end, rest), loadTail(alpha + whole, rest));
        storeTail(dx + end, f32x4.add(loadTail(dx + end, rest), d), rest);
      }
    }
  }
  if (!dAlpha) return;
  const zero = f32x4.splat(0);
  for (let j: usize = 0; j < whole; j += 16) {
    let low = f64x2.splat(0), high = low;
    for (let r = 0, at = j; r < rows; r++, at += row) {
      const below = f32x4.min(v128.load(x + at), zero), d = v128.load(dy + at);
      low = f64x2.add(low, f64x2.mul(f64x2.promote_low_f32x4(below), f64x2.promote_low_f32x4(d)));
      high = f64x2.add(high, f64x2.mul(f64x2.promote_low_f32x4(upper(below)), f64x2.promote_low_f32x4(upper(d))));
    }
    const sums = v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
    v128.store(dAlpha + j, f32x4.add(v128.load(dAlpha + j), sums));
  }
  for (let j = whole; j < row; j += 4) {
    let sum: f64 = 0;
    for (let r = 0, at = j; r < rows; r++, at += row) {
      sum += <f64>min<f32>(f32.load(x + at), 0) * <f64>f32.load(dy + at);
    }
    f32.store(dAlpha + j, f32.load(dAlpha + j) + <f32>sum);
  }
}

/** The last two lanes as the first. */
// @ts-ignore: decorator
@inline
function upper(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 3, 2, 3);
}
