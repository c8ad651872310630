import { bytes, flushTinyScalar } from "../math/lanes";

/**
 * Binary cross-entropy, the mean over n numbers of -(y·ln p + (1 - y)·ln(1 - p)), summed in f64.
 *
 * d...     [n]  in/out  accumulated: `scale` times the gradient of the mean
 * p        [n]  in      probabilities, brought into [1e-7, 1 - 1e-7] as Keras does; the slope does not vanish there
 * logits   [n]  in      with p = sigmoid(logit); exact for every finite logit
 * target   [n]  in
 */

// @ts-ignore: decorator
@inline
function clipped(p: f64): f64 {
  return max(1e-7, min(1 - 1e-7, p));
}

export function binaryCrossentropyForward(p: usize, target: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const q = clipped(<f64>f32.load(p + bytes(i))), y = <f64>f32.load(target + bytes(i));
    sum -= y * NativeMath.log1p(q - 1) + (1 - y) * NativeMath.log1p(-q);
  }
  return sum / n;
}

export function binaryCrossentropyBackward(dp: usize, p: usize, target: usize, scale: f64, n: i32): void {
  const factor = scale / n;
  for (let i = 0; i < n; i++) {
    const q = clipped(<f64>f32.load(p + bytes(i))), y = <f64>f32.load(target + bytes(i));
    f32.store(dp + bytes(i), f32.load(dp + bytes(i)) + <f32>((factor * (q - y)) / (q * (1 - q))));
  }
}

export function binaryCrossentropyLogitsForward(logits: usize, target: usize, n: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < n; i++) {
    const z = <f64>f32.load(logits + bytes(i)), y = <f64>f32.load(target + bytes(i));
    sum += max(z, 0) - z * y + NativeMath.log1p(NativeMath.exp(-abs(z)));
  }
  return sum / n;
}

export function binaryCrossentropyLogitsBackward(dLogits: usize, logits: usize, target: usize, scale: f64, n: i32): void {
  const factor = scale / n;
  for (let i = 0; i < n; i++) {
    const z = <f64>f32.load(logits + bytes(i)), y = <f64>f32.load(target + bytes(i));
    const e = NativeMath.exp(-abs(z));
    const p = z >= 0 ? 1 / (1 + e) : e / (1 + e);
    f32.store(dLogits + bytes(i), f32.load(dLogits + bytes(i)) + flushTinyScalar(<f32>(factor * (p - y))));
  }
}
