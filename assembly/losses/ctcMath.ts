import { bytes } from "../math/lanes";
import { exp4 } from "../math/exp";

/** The log of 0, as far as sums of it still are that. */
export const NEVER: f64 = -1e30;

/** e^x of two numbers <= 0, within 1e-14 of itself; below -700 next to 0. */
// @ts-ignore: decorator
@inline
export function exp2x(x: v128): v128 {
  const low = f64x2.pmax(x, f64x2.splat(-700));
  const k = f64x2.nearest(f64x2.mul(low, f64x2.splat(1.4426950408889634)));
  let r = f64x2.sub(low, f64x2.mul(k, f64x2.splat(0.6931471803691238)));
  r = f64x2.sub(r, f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)));
  // Taylor's series for |r| <= 0.35.
  let y = f64x2.splat(1.0 / 479001600);
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 39916800));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 3628800));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 362880));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 40320));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 5040));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 720));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 120));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 24));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1.0 / 6));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(0.5));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1));
  y = f64x2.add(f64x2.mul(y, r), f64x2.splat(1));
  // 2^k: the whole number goes to the exponent, by the bits of a number that large.
  const whole = i64x2.sub(f64x2.add(k, f64x2.splat(6755399441055744)), f64x2.splat(6755399441055744 - 1023));
  return f64x2.mul(y, i64x2.shl(whole, 52));
}

/** ln x of two numbers from 1 to 3, within 1e-13: from the middle by the area tangent. */
// @ts-ignore: decorator
@inline
export function log1to3(x: v128): v128 {
  const middle = f64x2.splat(1.7320508075688772);
  const s = f64x2.div(f64x2.sub(x, middle), f64x2.add(x, middle)), q = f64x2.mul(s, s);
  let y = f64x2.splat(2.0 / 21);
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 19));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 17));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 15));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 13));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 11));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 9));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 7));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 5));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2.0 / 3));
  y = f64x2.add(f64x2.mul(y, q), f64x2.splat(2));
  return f64x2.add(f64x2.mul(y, s), f64x2.splat(0.5493061443340549));
}

/** The sum of e^(x - largest) of a row, each to float32. */
export function sumOfPowers(x: usize, largest: f32, V: i32): f64 {
  let sum: f64 = 0;
  let j = 0;
  for (; j + 4 <= V; j += 4) {
    const e = exp4(f32x4.sub(v128.load(x + bytes(j)), f32x4.splat(largest)));
    sum += <f64>f32x4.extract_lane(e, 0) + <f64>f32x4.extract_lane(e, 1);
    sum += <f64>f32x4.extract_lane(e, 2) + <f64>f32x4.extract_lane(e, 3);
  }
  for (; j < V; j++) sum += NativeMath.exp(<f64>f32.load(x + bytes(j)) - <f64>largest);
  return sum;
}
