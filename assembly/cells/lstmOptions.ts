import { activate4, slopeFromOutput4 } from "../math/activation";

/** What options put between the product and the activation of gates: peepholes and limits. */

// @ts-ignore: decorator
@inline
export function at(weights: usize, offset: usize): usize {
  return weights ? weights + offset : 0;
}

/** z with what it sees of the cell state. */
// @ts-ignore: decorator
@inline
export function peeping(z: v128, weights: usize, j: usize, cell: v128): v128 {
  return weights ? f32x4.add(z, f32x4.mul(v128.load(weights + j), cell)) : z;
}

// @ts-ignore: decorator
@inline
export function clipped(x: v128, limit: f32): v128 {
  return limit > 0 ? f32x4.pmax(f32x4.pmin(x, f32x4.splat(limit)), f32x4.splat(-limit)) : x;
}

/** What becomes of a limit: a function of its own, since it is asked for once a call. */
export function atLimit(limit: f32, kind: i32): v128 {
  return activate4(f32x4.splat(limit), kind);
}

/**
 * dy/dx of y = activation(clipped(x)), low and high those of the limits: where y is one of them, x was cut, or is so
 * near that only rounding tells them apart.
 */
// @ts-ignore: decorator
@inline
export function slope(y: v128, kind: i32, clips: bool, low: v128, high: v128): v128 {
  const inside = slopeFromOutput4(y, kind);
  return clips ? v128.and(inside, v128.and(f32x4.ne(y, low), f32x4.ne(y, high))) : inside;
}
