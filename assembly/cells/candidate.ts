import { sigmoid4 } from "../math/sigmoid";

/**
 * The candidate of minGRU and minLSTM: z as it is, or `positive` as g(z) of their paper, which keeps states above 0:
 *
 *   g(z) = z + 1/2 for z >= 0, sigmoid(z) below
 */
// @ts-ignore: decorator
@inline
export function candidate4(z: v128, positive: bool): v128 {
  if (!positive) return z;
  const zero = f32x4.splat(0);
  return v128.bitselect(f32x4.add(z, f32x4.splat(0.5)), sigmoid4(z), f32x4.ge(z, zero));
}

/** Its slope where it is kept positive, from its value y; it is 1 else. */
// @ts-ignore: decorator
@inline
export function candidateSlope4(y: v128): v128 {
  const one = f32x4.splat(1);
  return v128.bitselect(one, f32x4.mul(y, f32x4.sub(one, y)), f32x4.ge(y, f32x4.splat(0.5)));
}
