import { expInDomain4 } from "./exp";

/**
 * 1 / (1 + e^-x). Error at most 3 ULP on [-64, +Inf); below -64 it stays at sigmoid(-64) = 1.6e-28, so that no gate is
 * ever subnormal; NaN gives NaN.
 */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const e = expInDomain4(f32x4.neg(f32x4.pmin(f32x4.pmax(x, f32x4.splat(-64)), f32x4.splat(64))));
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), e));
}
