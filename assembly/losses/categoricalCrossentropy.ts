import { bytes, flushTiny, flushTinyScalar } from "../math/lanes";
import { exp4 } from "../math/exp";
import { rowMax } from "../math/softmax";
import { weightOf } from "./rowWeights";

/**
 * Categorical cross-entropy over rows of V classes: the mean over rows of -sum(y·ln p), each times its weight, summed in
 * f64; the weights do not divide. The target is either a distribution a row, or one class id a row ("sparse").
 *
 * d...        [rows, V]  in/out  accumulated: the gradient of the mean
 * p           [rows, V]  in      probabilities; as Keras does, a row is divided by its sum, and clipped from 1e-7
 * logits      [rows, V]  in      with p = softmax(logits)
 * target      [rows, V]  in      or ids [rows] of i32, 0 <= id < V, checked by the caller
 * rowWeights  [rows]     in      0: none, every row counts 1
 */

// The two kinds of target, as type arguments.
class Distribution {
  // @ts-ignore: decorator
  @inline
  at(target: usize, row: i32, j: i32, V: i32): f64 {
    return <f64>f32.load(target + bytes(row * V + j));
  }
}

class Id {
  // @ts-ignore: decorator
  @inline
  at(target: usize, row: i32, j: i32, _V: i32): f64 {
    return load<i32>(target + bytes(row)) == j ? 1 : 0;
  }
}

// @ts-ignore: decorator
@inline
function rowSum(p: usize, V: i32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < V; j++) sum += <f64>f32.load(p + bytes(j));
  return sum;
}

// @ts-ignore: decorator
@inline
function clipped(p: f64): f64 {
  return max(1e-7, min(1 - 1e-7, p));
}

// @ts-ignore: decorator
@inline
function forward<Target>(p: usize, target: usize, rowWeights: usize, rows: i32, V: i32): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < rows; r++, p += bytes(V)) {
    const sum = rowSum(p, V), weight = weightOf(rowWeights, r);
    for (let j = 0; j < V; j++) {
      const y = weight * changetype<Target>(0).at(target, r, j, V);
      if (y != 0) loss -= y * NativeMath.log1p(clipped(<f64>f32.load(p + bytes(j)) / sum) - 1);
    }
  }
  return loss / rows;
}

// @ts-ignore: decorator
@inline
function backward<Target>(dp: usize, p: usize, target: usize, rowWeights: usize, rows: i32, V: i32): void {
  for (let r = 0; r < rows; r++, p += bytes(V), dp += bytes(V)) {
    const sum = rowSum(p, V), factor = weightOf(rowWeights, r) / rows;
    let mass: f64 = 0;
    for (let j = 0; j < V; j++) mass += changetype<Target>(0).at(target, r, j, V);
    for (let j = 0; j < V; j++) {
      const y = changetype<Target>(0).at(target, r, j, V);
      const q = clipped(<f64>f32.load(p + bytes(j)) / sum) * sum;
      f32.store(dp + bytes(j), f32.load(dp + bytes(j)) + <f32>(factor * (mass / sum - y / q)));
    }
  }
}

/** The sum of e^(z - largest) of a row. */
function sumOfExp(logits: usize, largest: f32, V: i32): f64 {
  let sum: f64 = 0;
  let j = 0;
  for (; j + 4 <= V; j += 4) {
    const e = exp4(f32x4.sub(v128.load(logits + bytes(j)), f32x4.splat(largest)));
    sum += <f64>f32x4.extract_lane(e, 0) + <f64>f32x4.extract_lane(e, 1);
    sum += <f64>f32x4.extract_lane(e, 2) + <f64>f32x4.extract_lane(e, 3);
  }
  for (; j < V; j++) sum += NativeMath.exp(<f64>f32.load(logits + bytes(j)) - <f64>largest);
  return sum;
}

// @ts-ignore: decorator
@inline
function logitsForward<Target>(logits: usize, target: usize, rowWeights: usize, rows: i32, V: i32): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < rows; r++, logits += bytes(V)) {
    const largest = rowMax(logits, V);
    const logSum = NativeMath.log1p(sumOfExp(logits, largest, V) - 1), weight = weightOf(rowWeights, r);
    for (let j = 0; j < V; j++) {
      const y = weight * changetype<Target>(0).at(target, r, j, V);
      if (y != 0) loss += y * (logSum - (<f64>f32.load(logits + bytes(j)) - <f64>largest));
    }
  }
  return loss / rows;
}

// @ts-ignore: decorator
@inline
function logitsBackward<Target>(
  dLogits: usize, logits: usize, target: usize, rowWeights: usize, rows: i32, V: i32,
): void {
  for (let r = 0; r < rows; r++, logits += bytes(V), dLogits += bytes(V)) {
    const largest = rowMax(logits, V), factor = weightOf(rowWeights, r) / rows;
    let mass: f64 = 0;
    for (let j = 0; j < V; j++) mass += changetype<Target>(0).at(target, r, j, V);
    const perExp = (factor * mass) / sumOfExp(logits, largest, V);
    let j = 0;
    for (; j + 4 <= V; j += 4) {
      const e = exp4(f32x4.sub(v128.load(logits + bytes(j)), f32x4.splat(largest)));
      const d = flushTiny(f32x4.mul(e, f32x4.splat(<f32>perExp)));
      v128.store(dLogits + bytes(j), f32x4.add(v128.load(dLogits + bytes(j)), d));
    }
    for (; j < V; j++) {
      const e = NativeMath.exp(<f64>f32.load(logits + bytes(j)) - <f64>largest);
      f32.store(dLogits + bytes(j), f32.load(dLogits + bytes(j)) + flushTinyScalar(<f32>(perExp * e)));
    }
    for (j = 0; j < V; j++) {
      const y = changetype<Target>(0).at(target, r, j, V);
      if (y != 0) f32.store(dLogits + bytes(j), f32.load(dLogits + bytes(j)) - <f32>(factor * y));
    }
  }
}

export function categoricalCrossentropyForward(p: usize, target: usize, rowWeights: usize, rows: i32, V: i32): f64 {
  return forward<Distribution>(p, target, rowWeights, rows, V);
}
export function categoricalCrossentropyBackward(
  dp: usize, p: usize, target: usize, rowWeights: usize, rows: i32, V: i32,
): void {
  backward<Distribution>(dp, p, target, rowWeights, rows, V);
}
export function categoricalCrossentropyLogitsForward(
  logits: usize, target: usize, rowWeights: usize, rows: i32, V: i32,
): f64 {
  return logitsForward<Distribution>(logits, target, rowWeights, rows, V);
}
export function categoricalCrossentropyLogitsBackward(
  dLogits: usize, logits: usize, target: usize, rowWeights: usize, rows: i32, V: i32,
): void {
  logitsBackward<Distribution>(dLogits, logits, target, rowWeights, rows, V);
}
export function sparseCategoricalCrossentropyForward(p: usize, ids: usize, rowWeights: usize, rows: i32, V: i32): f64 {
  return forward<Id>(p, ids, rowWeights, rows, V);
}
export function sparseCategoricalCrossentropyBackward(
  dp: usize, p: usize, ids: usize, rowWeights: usize, rows: i32, V: i32,
): void {
  backward<Id>(dp, p, ids, rowWeights, rows, V);
}
export function sparseCategoricalCrossentropyLogitsForward(
  logits: usize, ids: usize, rowWeights: usize, rows: i32, V: i32,
): f64 {
  return logitsForward<Id>(logits, ids, rowWeights, rows, V);
}
export function sparseCategoricalCrossentropyLogitsBackward(
  dLogits: usize, logits: usize, ids: usize, rowWeights: usize, rows: i32, V: i32,
): void {
  logitsBackward<Id>(dLogits, logits, ids, rowWeights, rows, V);
}
