import { clamped, exp2m1OfRest, rounded, scale } from "./exp2";

/**
 * 1 / (1 + e^-x). Error at most 2 ULP for x >= 0 and 2 + 1.25·|x| ULP below; below -64 it stays at sigmoid(-64) =
 * 1.6e-28, so that no gate is ever subnormal; NaN gives NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const y = clamped(f32x4.mul(x, f32x4.splat(-1.44269504))); // log2 e
  const n = rounded(y);
  const s = scale(n);
  return f32x4.div(one, f32x4.add(one, f32x4.add(s, f32x4.mul(s, exp2m1OfRest(y, n)))));
}
