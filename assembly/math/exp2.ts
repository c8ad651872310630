/**
 * The two halves of 2^y for the gates: y = n + f with n whole and |f| <= 1/2; `scale` is 2^n, `exp2m1OfRest` is 2^f - 1.
 * Base 2 needs no second constant to reduce the argument, which halves the chain of dependent operations against
 * exp.ts; the price is that the rounding of y = x·log2(e) becomes a relative error of |x|·2^-25 in e^x.
 *
 * Domain: |y| <= 126 (2^n stays a normal number); callers clamp. NaN gives NaN in exp2m1OfRest.
 */

// Adding 1.5·2^23 rounds to the nearest integer and leaves it in the low bits of the float.
const ROUND: f32 = 12582912;

/** Brings y into ±92.33, the domain of sigmoid4 and tanh4; NaN passes. */
// @ts-ignore: decorator
@inline
export function clamped(y: v128): v128 {
  return f32x4.pmin(f32x4.pmax(y, f32x4.splat(-92.332484)), f32x4.splat(92.332484));
}

// @ts-ignore: decorator
@inline
export function rounded(y: v128): v128 {
  return f32x4.add(y, f32x4.splat(ROUND));
}

// @ts-ignore: decorator
@inline
export function scale(rounded: v128): v128 {
  return i32x4.add(i32x4.shl(rounded, 23), i32x4.splat(0x3f800000));
}

/** Minimax polynomial of degree 6 through 0 with the slope ln 2: relative error 0.3·2^-24, also near 0. */
// @ts-ignore: decorator
@inline
export function exp2m1OfRest(y: v128, rounded: v128): v128 {
  const f = f32x4.sub(y, f32x4.sub(rounded, f32x4.splat(ROUND)));
  let q = f32x4.splat(0.00015324315);
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.0013390959));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.0096185179));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.055503596));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.24022648));
  q = f32x4.add(f32x4.mul(q, f), f32x4.splat(0.69314718));
  return f32x4.mul(q, f);
}
