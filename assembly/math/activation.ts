import { bytes, loadTail, storeTail } from "./lanes";
import { rareActivation4, rareSlopeFromOutput4 } from "./rareActivations";
import { sigmoid4 } from "./sigmoid";
import { tanh4 } from "./tanh";

/** Activations by number, others in rareActivations.ts: embed.js gives src/ both. All slopes are taken from outputs. */
export const LINEAR: i32 = 0;
export const RELU: i32 = 1;
export const TANH: i32 = 2;
export const SIGMOID: i32 = 3;
export const HARD_SIGMOID: i32 = 4;

/** Keras 3: clip(x/6 + 1/2, 0, 1). Absolute error at most 2^-24; NaN gives NaN. */
// @ts-ignore: decorator
@inline
function hardSigmoid4(x: v128): v128 {
  const y = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>(1.0 / 6.0))), f32x4.splat(0.5));
  return f32x4.pmin(f32x4.pmax(y, f32x4.splat(0)), f32x4.splat(1));
}

// With a constant kind the compiler keeps one branch.
// @ts-ignore: decorator
@inline
export function activate4(x: v128, kind: i32): v128 {
  if (kind == TANH) return tanh4(x);
  if (kind == SIGMOID) return sigmoid4(x);
  if (kind == RELU) return f32x4.pmax(x, f32x4.splat(0));
  if (kind == HARD_SIGMOID) return hardSigmoid4(x);
  return kind == LINEAR ? x : rareActivation4(x, kind);
}

/** dy/dx as a function of y. At the corners: relu'(0) = 0, hardSigmoid' = 0 where it is clipped. */
// @ts-ignore: decorator
@inline
export function slopeFromOutput4(y: v128, kind: i32): v128 {
  const one = f32x4.splat(1);
  if (kind == TANH) return f32x4.sub(one, f32x4.mul(y, y));
  if (kind == SIGMOID) return f32x4.mul(y, f32x4.sub(one, y));
  if (kind == RELU) return v128.and(f32x4.gt(y, f32x4.splat(0)), one);
  if (kind == HARD_SIGMOID) {
    const inside = v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, one));
    return v128.and(inside, f32x4.splat(<f32>(1.0 / 6.0)));
  }
  return kind == LINEAR ? one : rareSlopeFromOutput4(y, kind);
}

/**
 * y     [n]  out  assigned; may be the same buffer as x
 * x     [n]  in
 */
export function activationForward(y: usize, x: usize, kind: i32, n: i32): void {
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, activate4(v128.load(x + i), kind));
  storeTail(y + whole, activate4(loadTail(x + whole, n & 3), kind), n & 3);
}

/**
 * dx  [n]  in/out  accumulated
 * dy  [n]  in
 * y   [n]  in      the output of activationForward
 */
export function activationBackward(dx: usize, dy: usize, y: usize, kind: i32, n: i32): void {
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) {
    const d = f32x4.mul(v128.load(dy + i), slopeFromOutput4(v128.load(y + i), kind));
    v128.store(dx + i, f32x4.add(v128.load(dx + i), d));
  }
  const rest = n & 3;
  const d = f32x4.mul(loadTail(dy + whole, rest), slopeFromOutput4(loadTail(y + whole, rest), kind));
  storeTail(dx + whole, f32x4.add(loadTail(dx + whole, rest), d), rest);
}
