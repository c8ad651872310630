import { bytes, flushTinyScalar } from "../math/lanes";
import { weightOf } from "./rowWeights";

/**
 * Binary cross-entropy, the mean over rows · C numbers of -(y·ln p + (1 - y)·ln(1 - p)), each times the weight of its
 * row, summed in f64; the weights do not divide.
 *
 * d...        [rows, C]  in/out  accumulated: the gradient of the mean
 * p           [rows, C]  in      probabilities, brought into [1e-7, 1 - 1e-7] as Keras does; the slope does not vanish there
 * logits      [rows, C]  in      with p = sigmoid(logit); exact for every finite logit
 * target      [rows, C]  in
 * rowWeights  [rows]     in      0: none, every row counts 1
 */

// @ts-ignore: decorator
@inline
function clipped(p: f64): f64 {
  return max(1e-7, min(1 - 1e-7, p));
}

export function binaryCrossentropyForward(p: usize, target: usize, rowWeights: usize, rows: i32, C: i32): f64 {
  let sum: f64 = 0;
  for (let r = 0, i = 0; r < rows; r++) {
    const weight = weightOf(rowWeights, r);
    for (const end = i + C; i < end; i++) {
      const q = clipped(<f64>f32.load(p + bytes(i))), y = <f64>f32.load(target + bytes(i));
      sum -= weight * (y * NativeMath.log1p(q - 1) + (1 - y) * NativeMath.log1p(-q));
    }
  }
  return sum / (rows * C);
}

export function binaryCrossentropyBackward(
  dp: usize, p: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): void {
  for (let r = 0, i = 0; r < rows; r++) {
    const factor = weightOf(rowWeights, r) / (rows * C);
    for (const end = i + C; i < end; i++) {
      const q = clipped(<f64>f32.load(p + bytes(i))), y = <f64>f32.load(target + bytes(i));
      f32.store(dp + bytes(i), f32.load(dp + bytes(i)) + <f32>((factor * (q - y)) / (q * (1 - q))));
    }
  }
}

export function binaryCrossentropyLogitsForward(
  logits: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): f64 {
  let sum: f64 = 0;
  for (let r = 0, i = 0; r < rows; r++) {
    const weight = weightOf(rowWeights, r);
    for (const end = i + C; i < end; i++) {
      const z = <f64>f32.load(logits + bytes(i)), y = <f64>f32.load(target + bytes(i));
      sum += weight * (max(z, 0) - z * y + NativeMath.log1p(NativeMath.exp(-abs(z))));
    }
  }
  return sum / (rows * C);
}

export function binaryCrossentropyLogitsBackward(
  dLogits: usize, logits: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): void {
  for (let r = 0, i = 0; r < rows; r++) {
    const factor = weightOf(rowWeights, r) / (rows * C);
    for (const end = i + C; i < end; i++) {
      const z = <f64>f32.load(logits + bytes(i)), y = <f64>f32.load(target + bytes(i));
      const e = NativeMath.exp(-abs(z));
      const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
      f32.store(dLogits + bytes(i), f32.load(dLogits + bytes(i)) + flushTinyScalar(<f32>(factor * (p - y))));
    }
  }
}
