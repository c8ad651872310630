/**
 * a·b + c. In the relaxed build one instruction with one rounding where the processor has it, and therefore other bits
 * from processor to processor; in the baseline build a multiply and an add, the same bits everywhere.
 */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(c, f32x4.mul(a, b));
}
