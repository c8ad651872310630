import { wholeExp4 } from "./exp";
import { expOfMinusSize4, logSigmoid4 } from "./logSigmoid";
import { tanh4 } from "./tanh";

/** Activations that are asked for now and then: functions of their own, so that cells do not hold a copy of each. */
export const SOFTPLUS: i32 = 5;
export const SOFTSIGN: i32 = 6;
export const ELU: i32 = 7;
export const SELU: i32 = 8;
export const LEAKY_RELU: i32 = 9;
export const EXPONENTIAL: i32 = 10;

// Klambauer et al., "Self-normalizing neural networks", 2017.
const SELU_SCALE: f32 = 1.05070098735548;
const SELU_ALPHA: f32 = 1.67326324235438;
/** Keras 3's leaky_relu. */
const LEAK: f32 = 0.2;

/** e^x - 1 for x <= 0 by 2·tanh(x/2) / (1 - tanh(x/2)), which keeps its relative accuracy near 0: 6 ULP. */
// @ts-ignore: decorator
@inline
export function expm1OfNegative4(x: v128): v128 {
  const t = tanh4(f32x4.mul(x, f32x4.splat(0.5)));
  return f32x4.div(f32x4.add(t, t), f32x4.sub(f32x4.splat(1), t));
}

/** Above 0 by one factor, at and below it by another function. NaN stays NaN in both. */
// @ts-ignore: decorator
@inline
function byPart4(x: v128, scale: f32, other: v128): v128 {
  return v128.bitselect(f32x4.mul(x, f32x4.splat(scale)), other, f32x4.gt(x, f32x4.splat(0)));
}

/**
 * A kind above this is an address: of slope and offset of a hard sigmoid, two f32. Memory begins with the constants of the
 * kernels, so that no address is as small as a kind; beyond 2 GiB it is below 0, as an i32.
 */
// @ts-ignore: decorator
@inline
const LARGEST_KIND: u32 = 255;

export function rareActivation4(x: v128, kind: i32): v128 {
  if (<u32>kind > LARGEST_KIND) {
    const y = f32x4.add(f32x4.mul(x, v128.load32_splat(<usize>kind)), v128.load32_splat(<usize>kind, 4));
    return f32x4.pmin(f32x4.pmax(y, f32x4.splat(0)), f32x4.splat(1));
  }
  if (kind == SOFTPLUS) return f32x4.neg(logSigmoid4(f32x4.neg(x), expOfMinusSize4(x)));
  if (kind == SOFTSIGN) {
    const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(<f32>1e38)), f32x4.splat(<f32>-1e38));
    return f32x4.div(bounded, f32x4.add(f32x4.splat(1), f32x4.abs(bounded)));
  }
  if (kind == EXPONENTIAL) return wholeExp4(x);
  if (kind == LEAKY_RELU) return byPart4(x, 1, f32x4.mul(x, f32x4.splat(LEAK)));
  const low = expm1OfNegative4(f32x4.pmin(x, f32x4.splat(0)));
  if (kind == ELU) return byPart4(x, 1, low);
  return byPart4(x, SELU_SCALE, f32x4.mul(low, f32x4.splat(SELU_SCALE * SELU_ALPHA)));
}

/** dy/dx as a function of y; at the corner that of the side below 0. */
export function rareSlopeFromOutput4(y: v128, kind: i32): v128 {
  const one = f32x4.splat(1);
  if (<u32>kind > LARGEST_KIND) {
    const inside = v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, one));
    return v128.and(inside, v128.load32_splat(<usize>kind));
  }
  if (kind == SOFTPLUS) return f32x4.neg(expm1OfNegative4(f32x4.neg(y)));
  if (kind == SOFTSIGN) {
    const rest = f32x4.sub(one, f32x4.abs(y));
    return f32x4.mul(rest, rest);
  }
  if (kind == EXPONENTIAL) return y;
  const above = f32x4.gt(y, f32x4.splat(0));
  if (kind == LEAKY_RELU) return v128.bitselect(one, f32x4.splat(LEAK), above);
  if (kind == ELU) return v128.bitselect(one, f32x4.add(y, one), above);
  return v128.bitselect(f32x4.splat(SELU_SCALE), f32x4.add(y, f32x4.splat(SELU_SCALE * SELU_ALPHA)), above);
}
