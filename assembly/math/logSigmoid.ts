import { exp4 } from "./exp";

/** e^-|x|, what the functions below share; 0 for |x| > 87.3. */
// @ts-ignore: decorator
@inline
export function expOfMinusSize4(x: v128): v128 {
  return exp4(v128.or(x, i32x4.splat(0x80000000)));
}

/**
 * ln(1 + u) for 0 <= u <= 1 as 2·artanh(u / (2 + u)): a minimax polynomial of degree 4 in the square of that, off by
 * 0.1·2^-24 of the value.
 */
// @ts-ignore: decorator
@inline
function log1p4(u: v128): v128 {
  const s = f32x4.div(u, f32x4.add(u, f32x4.splat(2))), w = f32x4.mul(s, s);
  let q = f32x4.splat(0.28011897);
  q = f32x4.add(f32x4.mul(q, w), f32x4.splat(0.28001821));
  q = f32x4.add(f32x4.mul(q, w), f32x4.splat(0.40021527));
  q = f32x4.add(f32x4.mul(q, w), f32x4.splat(0.66666418));
  return f32x4.add(f32x4.add(s, s), f32x4.mul(f32x4.mul(q, w), s));
}

/**
 * ln sigmoid(x) = min(x, 0) - ln(1 + e^-|x|), with u = expOfMinusSize4(x). Error at most 3 ULP; 0 above 87.3; NaN gives
 * NaN.
 */
// @ts-ignore: decorator
@inline
export function logSigmoid4(x: v128, u: v128): v128 {
  return f32x4.sub(f32x4.pmin(x, f32x4.splat(0)), log1p4(u));
}

/** Its slope, sigmoid(-x), with the same u. */
// @ts-ignore: decorator
@inline
export function logSigmoidSlope4(x: v128, u: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(u, one, f32x4.gt(x, f32x4.splat(0))), f32x4.add(one, u));
}
