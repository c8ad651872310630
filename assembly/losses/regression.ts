import { bytes, flushTinyScalar } from "../math/lanes";

/**
 * Losses that compare number by number: the mean over n numbers, summed in f64.
 *
 * dPrediction  [n]  in/out  accumulated: `scale` times the gradient of the mean
 * prediction   [n]  in
 * target       [n]  in
 */

// @ts-ignore: decorator
@inline
function difference(prediction: usize, target: usize, i: i32): f64 {
  return <f64>f32.load(prediction + bytes(i)) - <f64>f32.load(target + bytes(i));
}

// @ts-ignore: decorator
@inline
function accumulate(gradient: usize, i: i32, value: f64): void {
  f32.store(gradient + bytes(i), f32.load(gradient + bytes(i)) + flushTinyScalar(<f32>value));
}

/** Mean of e². */
export function meanSquaredErrorForward(prediction: usize, target: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const e = difference(prediction, target, i);
    sum += e * e;
  }
  return sum / n;
}

export function meanSquaredErrorBackward(dPrediction: usize, prediction: usize, target: usize, scale: f64, n: i32): void {
  const factor = (2 * scale) / n;
  for (let i = 0; i < n; i++) accumulate(dPrediction, i, factor * difference(prediction, target, i));
}

/** Mean of |e|; its slope at e = 0 is 0. */
export function meanAbsoluteErrorForward(prediction: usize, target: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) sum += abs(difference(prediction, target, i));
  return sum / n;
}

export function meanAbsoluteErrorBackward(dPrediction: usize, prediction: usize, target: usize, scale: f64, n: i32): void {
  const factor = scale / n;
  for (let i = 0; i < n; i++) {
    const e = difference(prediction, target, i);
    accumulate(dPrediction, i, e > 0 ? factor : e < 0 ? -factor : e);
  }
}

/** Mean of e²/2 where |e| <= delta, delta·(|e| - delta/2) beyond (Huber 1964). */
export function huberForward(prediction: usize, target: usize, delta: f64, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const e = abs(difference(prediction, target, i));
    sum += e <= delta ? 0.5 * e * e : delta * (e - 0.5 * delta);
  }
  return sum / n;
}

export function huberBackward(
  dPrediction: usize, prediction: usize, target: usize, delta: f64, scale: f64, n: i32,
): void {
  const factor = scale / n;
  for (let i = 0; i < n; i++) {
    accumulate(dPrediction, i, factor * max(-delta, min(delta, difference(prediction, target, i))));
  }
}
