import { bytes, loadTail, storeTail } from "./lanes";

/**
 * The two halves of e^x: with x = n·ln 2 + r, |r| <= ln 2 / 2, `scale` is 2^n and `expm1OfRest` is e^r - 1.
 * Their users put them together: e^x = scale + scale·(e^r - 1), and tanh needs e^x - 1 without cancellation.
 *
 * Domain: -87.3 <= x <= 88.3 (2^n stays a normal number); callers clamp. NaN gives NaN in expm1OfRest.
 */

// Adding 1.5·2^23 rounds to the nearest integer and leaves it in the low bits of the float.
const ROUND: f32 = 12582912;
const LOG2_E: f32 = 1.44269504;
// ln 2 in two parts: n·LN2_HIGH is exact for |n| < 2^9.
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

// @ts-ignore: decorator
@inline
export function rounded(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), f32x4.splat(ROUND));
}

// @ts-ignore: decorator
@inline
export function scale(rounded: v128): v128 {
  return i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(0x3f800000));
}

/** Minimax polynomial of degree 6 (least maximum of the relative error of e^r, 0.05·2^-24). */
// @ts-ignore: decorator
@inline
export function expm1OfRest(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, f32x4.splat(ROUND));
  const r = f32x4.sub(
    f32x4.sub(x, f32x4.mul(n, f32x4.splat(LN2_HIGH))),
    f32x4.mul(n, f32x4.splat(LN2_LOW)),
  );
  let q = f32x4.splat(0.0013814539);
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.0083687454));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.041668389));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.16666521));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.49999994));
  return f32x4.add(r, f32x4.mul(f32x4.mul(r, r), q));
}

/** e^x for x already inside [-87.3, 88.3]; 1 ULP. */
// @ts-ignore: decorator
@inline
export function expInDomain4(x: v128): v128 {
  const n = rounded(x);
  const s = scale(n);
  return f32x4.add(s, f32x4.mul(s, expm1OfRest(x, n)));
}

/**
 * e^x. Error at most 1 ULP on [-87.3, 88.3]; below it 0 (no subnormals), above it 2.2e38; NaN gives NaN.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const low = f32x4.splat(-87.3);
  const y = expInDomain4(f32x4.pmax(f32x4.pmin(x, f32x4.splat(88.3)), low));
  return v128.andnot(y, f32x4.lt(x, low));
}

/** e^x to the end of float32: at most 3 ULP from 88.3 to 88.72, infinity above. For what is shown as e^x, not a part of something else. */
// @ts-ignore: decorator
@inline
export function wholeExp4(x: v128): v128 {
  const root = exp4(f32x4.mul(x, f32x4.splat(0.5)));
  return v128.bitselect(f32x4.mul(root, root), exp4(x), f32x4.gt(x, f32x4.splat(88.3)));
}

/**
 * y  [n]  out  assigned; may be the same buffer as x
 * x  [n]  in
 */
export function expForward(y: usize, x: usize, n: i32): void {
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, wholeExp4(v128.load(x + i)));
  storeTail(y + whole, wholeExp4(loadTail(x + whole, n & 3)), n & 3);
}

/**
 * dx  [n]  in/out  accumulated: dy·y
 * dy  [n]  in
 * y   [n]  in      the output of expForward
 */
export function expBackward(dx: usize, dy: usize, y: usize, n: i32): void {
  const whole = bytes(n & ~3), end = bytes(n);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(dx + i, f32x4.add(v128.load(dx + i), f32x4.mul(v128.load(dy + i), v128.load(y + i))));
  }
  for (let i = whole; i < end; i += 4) f32.store(dx + i, f32.load(dx + i) + f32.load(dy + i) * f32.load(y + i));
}
