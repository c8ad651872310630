import { exp4 } from "../math/exp";
import { bytes, loadTail, storeTail } from "../math/lanes";
import { expOfMinusSize4, logSigmoid4, logSigmoidSlope4 } from "../math/logSigmoid";
import { bell4, erf4, normal4 } from "../math/normal";
import { expm1OfNegative4 } from "../math/rareActivations";
import { sigmoid4 } from "../math/sigmoid";
import { tanh4 } from "../math/tanh";

/** Activations that layers have and cells have not, since slopes are taken from inputs: embed.js gives src/ their numbers. */
export const SILU: i32 = 0;
export const GELU: i32 = 1;
export const TANH_GELU: i32 = 2;
export const MISH: i32 = 3;
export const HARD_SILU: i32 = 4;
export const RELU6: i32 = 5;
export const ELU: i32 = 6;
export const LEAKY_RELU: i32 = 7;
export const CELU: i32 = 8;
export const SQUAREPLUS: i32 = 9;
export const LOG_SIGMOID: i32 = 10;
export const HARD_TANH: i32 = 11;
export const TANH_SHRINK: i32 = 12;
export const SOFT_SHRINK: i32 = 13;
export const HARD_SHRINK: i32 = 14;
export const SPARSE_PLUS: i32 = 15;
export const SPARSE_SIGMOID: i32 = 16;
export const ERF: i32 = 17;

// @ts-ignore: decorator
@inline
const INNER_SLOPE: f32 = 0.79788456; // √(2/π)

// @ts-ignore: decorator
@inline
function bounded4(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high));
}

/** σ(2u) with u = √(2/π)·(x + 0.044715·x³): what the approximate gelu is x times. */
// @ts-ignore: decorator
@inline
function tanhShare4(x: v128, square: v128): v128 {
  const factor = f32x4.add(f32x4.splat(1), f32x4.mul(square, f32x4.splat(0.044715)));
  return sigmoid4(f32x4.mul(f32x4.mul(x, f32x4.splat(2 * INNER_SLOPE)), factor));
}

/** (1 + e^x)² - 1, of which mish makes tanh(softplus(x)) = n / (n + 2); 1 above 20. */
// @ts-ignore: decorator
@inline
function mishPart4(e: v128): v128 {
  return f32x4.mul(e, f32x4.add(e, f32x4.splat(2)));
}

/** Beyond borders a value is 0 or x to the last bit: infinity times 0 is not asked for. */
// @ts-ignore: decorator
@inline
function value4(x: v128, kind: i32, a: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1), two = f32x4.splat(2);
  const above = f32x4.pmax(x, zero);
  switch (kind) {
    case SILU:
      return f32x4.mul(f32x4.pmax(x, f32x4.splat(-64)), sigmoid4(x));
    case GELU: {
      const near = bounded4(x, -14, 14);
      return f32x4.mul(f32x4.pmax(x, f32x4.splat(-14)), normal4(near, bell4(near)));
    }
    case TANH_GELU: {
      const low = f32x4.pmax(x, f32x4.splat(-14));
      return f32x4.mul(low, tanhShare4(low, f32x4.mul(low, low)));
    }
    case MISH: {
      const n = mishPart4(exp4(f32x4.pmin(x, f32x4.splat(20))));
      return f32x4.mul(f32x4.pmax(x, f32x4.splat(-64)), f32x4.div(n, f32x4.add(n, two)));
    }
    case HARD_SILU:
      return f32x4.mul(f32x4.pmax(x, f32x4.splat(-3)), hardShare4(x));
    case RELU6:
      return bounded4(x, 0, 6);
    case ELU:
      return f32x4.add(above, f32x4.mul(a, expm1OfNegative4(f32x4.pmin(x, zero))));
    case LEAKY_RELU:
      return v128.bitselect(x, f32x4.mul(a, x), f32x4.gt(x, zero));
    case CELU:
      return f32x4.add(above, f32x4.mul(a, expm1OfNegative4(f32x4.div(f32x4.pmin(x, zero), a))));
    case SQUAREPLUS: {
      const root = f32x4.sqrt(f32x4.add(f32x4.mul(x, x), a));
      const sum = f32x4.add(root, f32x4.abs(x)); // of both signs alike, so that nothing cancels
      const low = f32x4.div(f32x4.mul(a, f32x4.splat(0.5)), sum);
      return v128.bitselect(f32x4.mul(sum, f32x4.splat(0.5)), low, f32x4.gt(x, zero));
    }
    case LOG_SIGMOID:
      return logSigmoid4(x, expOfMinusSize4(x));
    case HARD_TANH:
      return bounded4(x, -1, 1);
    case TANH_SHRINK:
      return f32x4.sub(x, tanh4(x));
    case SOFT_SHRINK:
      return v128.andnot(f32x4.sub(x, v128.or(a, v128.and(x, i32x4.splat(0x80000000)))), f32x4.le(f32x4.abs(x), a));
    case HARD_SHRINK:
      return v128.andnot(x, f32x4.le(f32x4.abs(x), a));
    case SPARSE_PLUS: {
      const part = f32x4.mul(f32x4.add(bounded4(x, -1, 1), one), f32x4.splat(0.5));
      return v128.bitselect(x, f32x4.mul(part, part), f32x4.gt(x, one));
    }
    case SPARSE_SIGMOID:
      return f32x4.mul(f32x4.add(bounded4(x, -1, 1), one), f32x4.splat(0.5));
    default:
      return erf4(x);
  }
}

/** clip(x/6 + 1/2, 0, 1) */
// @ts-ignore: decorator
@inline
function hardShare4(x: v128): v128 {
  return bounded4(f32x4.add(f32x4.mul(x, f32x4.splat(<f32>(1.0 / 6.0))), f32x4.splat(0.5)), 0, 1);
}

/** 1 between two borders, 0 at them and beyond. */
// @ts-ignore: decorator
@inline
function inside4(x: v128, low: f32, high: f32): v128 {
  return v128.and(
    v128.and(f32x4.gt(x, f32x4.splat(low)), f32x4.lt(x, f32x4.splat(high))),
    f32x4.splat(1),
  );
}

/** dy/dx; at a corner that of the flatter side. */
// @ts-ignore: decorator
@inline
function slope4(x: v128, kind: i32, a: v128): v128 {
  const zero = f32x4.splat(0), one = f32x4.splat(1), two = f32x4.splat(2);
  const above = f32x4.gt(x, zero);
  switch (kind) {
    case SILU: {
      const near = bounded4(x, -64, 64), s = sigmoid4(near);
      return f32x4.mul(s, f32x4.add(one, f32x4.mul(near, sigmoid4(f32x4.neg(near)))));
    }
    case GELU: {
      const near = bounded4(x, -14, 14), bell = bell4(near);
      return f32x4.add(normal4(near, bell), f32x4.mul(f32x4.mul(near, bell), f32x4.splat(0.39894228)));
    }
    case TANH_GELU: {
      const near = bounded4(x, -14, 14), square = f32x4.mul(near, near), s = tanhShare4(near, square);
      const inner = f32x4.add(one, f32x4.mul(square, f32x4.splat(3 * 0.044715)));
      const t = f32x4.mul(f32x4.mul(near, f32x4.splat(2 * INNER_SLOPE)), f32x4.mul(inner, f32x4.sub(one, s)));
      return f32x4.mul(s, f32x4.add(one, t));
    }
    case MISH: {
      const near = bounded4(x, -64, 20), e = exp4(near), n = mishPart4(e);
      const rest = f32x4.div(one, f32x4.add(n, two));
      const bend = f32x4.div(
        f32x4.mul(f32x4.mul(near, e), f32x4.mul(f32x4.splat(4), f32x4.add(n, one))),
        f32x4.add(e, one),
      );
      return f32x4.mul(rest, f32x4.add(n, f32x4.mul(bend, rest)));
    }
    case HARD_SILU: {
      const part = f32x4.add(f32x4.mul(x, f32x4.splat(<f32>(1.0 / 3.0))), f32x4.splat(0.5));
      const low = v128.and(part, f32x4.gt(x, f32x4.splat(-3)));
      return v128.bitselect(one, low, f32x4.ge(x, f32x4.splat(3)));
    }
    case RELU6:
      return inside4(x, 0, 6);
    case ELU:
      return v128.bitselect(one, f32x4.mul(a, exp4(f32x4.pmin(x, zero))), above);
    case LEAKY_RELU:
      return v128.bitselect(one, a, above);
    case CELU:
      return v128.bitselect(one, exp4(f32x4.div(f32x4.pmin(x, zero), a)), above);
    case SQUAREPLUS: {
      const near = bounded4(x, -1e18, 1e18);
      const root = f32x4.sqrt(f32x4.add(f32x4.mul(near, near), a));
      const sum = f32x4.add(root, f32x4.abs(near));
      const low = f32x4.div(f32x4.mul(a, f32x4.splat(0.5)), f32x4.mul(sum, root));
      return v128.bitselect(f32x4.sub(one, low), low, above);
    }
    case LOG_SIGMOID:
      return logSigmoidSlope4(x, expOfMinusSize4(x));
    case HARD_TANH:
      return inside4(x, -1, 1);
    case TANH_SHRINK: {
      const t = tanh4(x);
      return f32x4.mul(t, t);
    }
    case SOFT_SHRINK:
    case HARD_SHRINK:
      return v128.and(one, f32x4.gt(f32x4.abs(x), a));
    case SPARSE_PLUS:
      return f32x4.mul(f32x4.add(bounded4(x, -1, 1), one), f32x4.splat(0.5));
    case SPARSE_SIGMOID:
      return f32x4.mul(inside4(x, -1, 1), f32x4.splat(0.5));
    default: {
      const near = bounded4(f32x4.mul(x, f32x4.splat(1.41421356)), -14, 14);
      return f32x4.mul(bell4(near), f32x4.splat(1.1283792)); // 2/√π
    }
  }
}

/**
 * y = f(x), element by element.
 *
 * y  [n]  out  assigned; may be the same buffer as x
 * x  [n]  in
 * a            what the kind has a number for: alpha, slope, b or threshold
 */
export function moreActivationForward(y: usize, x: usize, kind: i32, a: f32, n: i32): void {
  const whole = bytes(n & ~3), rest = n & 3, number = f32x4.splat(a);
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, value4(v128.load(x + i), kind, number));
  storeTail(y + whole, value4(loadTail(x + whole, rest), kind, number), rest);
}

/**
 * dx  [n]  in/out  accumulated
 * dy  [n]  in
 * x   [n]  in
 */
export function moreActivationBackward(dx: usize, dy: usize, x: usize, kind: i32, a: f32, n: i32): void {
  const whole = bytes(n & ~3), rest = n & 3, number = f32x4.splat(a);
  for (let i: usize = 0; i < whole; i += 16) {
    const d = f32x4.mul(v128.load(dy + i), slope4(v128.load(x + i), kind, number));
    v128.store(dx + i, f32x4.add(v128.load(dx + i), d));
  }
  const d = f32x4.mul(loadTail(dy + whole, rest), slope4(loadTail(x + whole, rest), kind, number));
  storeTail(dx + whole, f32x4.add(loadTail(dx + whole, rest), d), rest);
}
