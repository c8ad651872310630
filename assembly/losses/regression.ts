import { bytes, flushTinyScalar } from "../math/lanes";
import { weightOf } from "./rowWeights";

/**
 * Losses that compare number by number: the mean over rows · C numbers, each times the weight of its row, summed in
 * f64. The weights do not divide: it is the sum over the count, Keras' sum_over_batch_size.
 *
 * dPrediction  [rows, C]  in/out  accumulated: the gradient of the mean
 * prediction   [rows, C]  in
 * target       [rows, C]  in
 * rowWeights   [rows]     in      0: none, every row counts 1
 */

// What a difference e costs, and the slope there, as type arguments; `option` is a number that some have.
class Squared {
  // @ts-ignore: decorator
  @inline
  value(e: f64, _option: f64): f64 {
    return e * e;
  }

  // @ts-ignore: decorator
  @inline
  slope(e: f64, _option: f64): f64 {
    return 2 * e;
  }
}

/** |e|; its slope at 0 is 0. */
class Absolute {
  // @ts-ignore: decorator
  @inline
  value(e: f64, _option: f64): f64 {
    return abs(e);
  }

  // @ts-ignore: decorator
  @inline
  slope(e: f64, _option: f64): f64 {
    return e > 0 ? 1 : e < 0 ? -1 : e;
  }
}

/** e²/2 where |e| <= delta, delta·(|e| - delta/2) beyond (Huber 1964). */
class Huber {
  // @ts-ignore: decorator
  @inline
  value(e: f64, delta: f64): f64 {
    const size = abs(e);
    return size <= delta ? 0.5 * size * size : delta * (size - 0.5 * delta);
  }

  // @ts-ignore: decorator
  @inline
  slope(e: f64, delta: f64): f64 {
    return max(-delta, min(delta, e));
  }
}

/** ln cosh e, exact near 0 and without overflow far from it: |e| + ln((1 + e^(-2|e|)) / 2). */
class LogCosh {
  // @ts-ignore: decorator
  @inline
  value(e: f64, _option: f64): f64 {
    const size = abs(e);
    return size + NativeMath.log1p(0.5 * NativeMath.expm1(-2 * size));
  }

  // @ts-ignore: decorator
  @inline
  slope(e: f64, _option: f64): f64 {
    return NativeMath.tanh(e);
  }
}

// @ts-ignore: decorator
@inline
function difference(prediction: usize, target: usize, i: i32): f64 {
  return <f64>f32.load(prediction + bytes(i)) - <f64>f32.load(target + bytes(i));
}

// @ts-ignore: decorator
@inline
function forward<Cost>(prediction: usize, target: usize, rowWeights: usize, option: f64, rows: i32, C: i32): f64 {
  let sum: f64 = 0;
  for (let r = 0, i = 0; r < rows; r++) {
    const weight = weightOf(rowWeights, r);
    for (const end = i + C; i < end; i++) {
      sum += weight * changetype<Cost>(0).value(difference(prediction, target, i), option);
    }
  }
  return sum / (rows * C);
}

// @ts-ignore: decorator
@inline
function backward<Cost>(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, option: f64, rows: i32, C: i32,
): void {
  for (let r = 0, i = 0; r < rows; r++) {
    const factor = weightOf(rowWeights, r) / (rows * C);
    for (const end = i + C; i < end; i++) {
      const d = factor * changetype<Cost>(0).slope(difference(prediction, target, i), option);
      f32.store(dPrediction + bytes(i), f32.load(dPrediction + bytes(i)) + flushTinyScalar(<f32>d));
    }
  }
}

export function meanSquaredErrorForward(prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32): f64 {
  return forward<Squared>(prediction, target, rowWeights, 0, rows, C);
}
export function meanSquaredErrorBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): void {
  backward<Squared>(dPrediction, prediction, target, rowWeights, 0, rows, C);
}
export function meanAbsoluteErrorForward(prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32): f64 {
  return forward<Absolute>(prediction, target, rowWeights, 0, rows, C);
}
export function meanAbsoluteErrorBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): void {
  backward<Absolute>(dPrediction, prediction, target, rowWeights, 0, rows, C);
}
export function huberForward(
  prediction: usize, target: usize, rowWeights: usize, delta: f64, rows: i32, C: i32,
): f64 {
  return forward<Huber>(prediction, target, rowWeights, delta, rows, C);
}
export function huberBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, delta: f64, rows: i32, C: i32,
): void {
  backward<Huber>(dPrediction, prediction, target, rowWeights, delta, rows, C);
}
export function logCoshForward(prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32): f64 {
  return forward<LogCosh>(prediction, target, rowWeights, 0, rows, C);
}
export function logCoshBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): void {
  backward<LogCosh>(dPrediction, prediction, target, rowWeights, 0, rows, C);
}
