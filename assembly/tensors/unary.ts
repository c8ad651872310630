import { ln } from "../math/ln";
import { bytes, loadTail, storeTail } from "../math/lanes";

/** Functions of one number by number: embed.js gives them to src/. */
export const LOG: i32 = 0;
export const SQRT: i32 = 1;
export const ABS: i32 = 2;
export const SQUARE: i32 = 3;

/**
 * y = ln x, √x, |x| or x²; ln and √ of what is below 0 are NaN, ln 0 is -Infinity.
 *
 * y  [n]  out  assigned; may be the same buffer as x
 * x  [n]  in
 */
export function unaryForward(y: usize, x: usize, kind: i32, n: i32): void {
  if (kind == LOG) {
    for (let i: usize = 0; i < bytes(n); i += 4) f32.store(y + i, <f32>ln(<f64>f32.load(x + i)));
    return;
  }
  const whole = bytes(n & ~3), rest = n & 3;
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, value4(v128.load(x + i), kind));
  storeTail(y + whole, value4(loadTail(x + whole, rest), kind), rest);
}

// @ts-ignore: decorator
@inline
function value4(x: v128, kind: i32): v128 {
  if (kind == SQRT) return f32x4.sqrt(x);
  if (kind == ABS) return f32x4.abs(x);
  return f32x4.mul(x, x);
}

/**
 * dx  [n]  in/out  accumulated; of |x| at 0 the slope is 0
 * dy  [n]  in
 * x   [n]  in
 * y   [n]  in      the output of unaryForward
 */
export function unaryBackward(dx: usize, dy: usize, x: usize, y: usize, kind: i32, n: i32): void {
  const whole = bytes(n & ~3), rest = n & 3;
  for (let i: usize = 0; i < whole; i += 16) {
    const d = slope4(v128.load(dy + i), v128.load(x + i), v128.load(y + i), kind);
    v128.store(dx + i, f32x4.add(v128.load(dx + i), d));
  }
  const d = slope4(loadTail(dy + whole, rest), loadTail(x + whole, rest), loadTail(y + whole, rest), kind);
  storeTail(dx + whole, f32x4.add(loadTail(dx + whole, rest), d), rest);
}

// @ts-ignore: decorator
@inline
function slope4(dy: v128, x: v128, y: v128, kind: i32): v128 {
  if (kind == LOG) return f32x4.div(dy, x);
  if (kind == SQRT) return f32x4.div(f32x4.mul(dy, f32x4.splat(0.5)), y);
  if (kind == ABS) {
    const zero = f32x4.splat(0);
    return v128.andnot(v128.bitselect(f32x4.neg(dy), dy, f32x4.lt(x, zero)), f32x4.eq(x, zero));
  }
  return f32x4.mul(f32x4.add(x, x), dy);
}
