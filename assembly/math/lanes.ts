/**
 * Lanes: rounding sizes up to whole vectors, the last one to three elements of a row, and what is too small to keep.
 */

/** n rounded up to a whole number of 4-lane vectors. */
// @ts-ignore: decorator
@inline
export function padded(n: i32): i32 {
  return (n + 3) & ~3;
}

/** Bytes of n f32. */
// @ts-ignore: decorator
@inline
export function bytes(n: i32): usize {
  return (<usize>n) << 2;
}

/** The first `n` (0..3) floats at `p`, the other lanes 0. */
// @ts-ignore: decorator
@inline
export function loadTail(p: usize, n: i32): v128 {
  let v = f32x4.splat(0);
  if (n > 0) v = f32x4.replace_lane(v, 0, f32.load(p));
  if (n > 1) v = f32x4.replace_lane(v, 1, f32.load(p, 4));
  if (n > 2) v = f32x4.replace_lane(v, 2, f32.load(p, 8));
  return v;
}

/** Stores the first `n` (0..3) lanes of `v` at `p`. */
// @ts-ignore: decorator
@inline
export function storeTail(p: usize, v: v128, n: i32): void {
  if (n > 0) f32.store(p, f32x4.extract_lane(v, 0));
  if (n > 1) f32.store(p, f32x4.extract_lane(v, 1), 4);
  if (n > 2) f32.store(p, f32x4.extract_lane(v, 2), 8);
}

/** The sum of the four lanes, always in the same order. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** 2^-63, about 1.1e-19: the product of two numbers of at least this size is not subnormal. */
export const TINY: f32 = 1.0842021724855044e-19;

/**
 * Lanes below `limit` in size become 0, NaN passes. A product that is subnormal, or too small even for that, costs several
 * times a normal one, and wasm cannot switch this off.
 */
// @ts-ignore: decorator
@inline
export function flushBelow(v: v128, limit: f32): v128 {
  // Not f32x4.abs: V8 makes its mask anew at every use, and hoists a constant.
  const size = v128.and(v, i32x4.splat(0x7fffffff));
  return v128.andnot(v, f32x4.lt(size, f32x4.splat(limit)));
}

/** For what decays step after step and is multiplied with its like: states, gradients, weights. */
// @ts-ignore: decorator
@inline
export function flushTiny(v: v128): v128 {
  return flushBelow(v, TINY);
}

/** The same for one number. */
// @ts-ignore: decorator
@inline
export function flushTinyScalar(x: f32): f32 {
  return abs(x) < TINY ? 0 : x;
}
