import { bytes, flushTinyScalar } from "../math/lanes";
import { weightOf } from "./rowWeights";

/**
 * Losses of whole rows: the mean over rows, each times its weight, summed in f64.
 *
 * dPrediction  [rows, C]  in/out  accumulated: the gradient of the mean
 * prediction   [rows, C]  in
 * target       [rows, C]  in
 * rowWeights   [rows]     in      0: none, every row counts 1
 */

// @ts-ignore: decorator
@inline
function at(x: usize, i: i32): f64 {
  return <f64>f32.load(x + bytes(i));
}

// @ts-ignore: decorator
@inline
function accumulate(dx: usize, i: i32, d: f64): void {
  f32.store(dx + bytes(i), f32.load(dx + bytes(i)) + flushTinyScalar(<f32>d));
}

/** The length of a row, at least 1e-7. */
function lengthOf(x: usize, C: i32): f64 {
  let sum: f64 = 0;
  for (let j = 0; j < C; j++) sum += at(x, j) * at(x, j);
  return max(sqrt(sum), 1e-7);
}

function cosine(p: usize, y: usize, C: i32): f64 {
  let dot: f64 = 0;
  for (let j = 0; j < C; j++) dot += at(p, j) * at(y, j);
  return dot / (lengthOf(p, C) * lengthOf(y, C));
}

/** Minus the cosine of the angle between the rows. */
export function cosineSimilarityForward(prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32): f64 {
  let sum: f64 = 0;
  for (let r = 0; r < rows; r++) {
    sum -= weightOf(rowWeights, r) * cosine(prediction + bytes(r * C), target + bytes(r * C), C);
  }
  return sum / rows;
}

export function cosineSimilarityBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, rows: i32, C: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const from = bytes(r * C), p = prediction + from, y = target + from;
    const c = cosine(p, y, C), size = lengthOf(p, C), factor = weightOf(rowWeights, r) / rows / size;
    const own = factor / lengthOf(y, C), along = (factor * c) / size;
    for (let j = 0; j < C; j++) accumulate(dPrediction + from, j, along * at(p, j) - own * at(y, j));
  }
}

/**
 * Categorical focal cross-entropy of a distribution q: sum of -alpha · y · (1 - q)^gamma · ln q.
 *
 * prediction  [rows, V]  in  probabilities: a row is divided by its sum and clipped from 1e-7; or logits, q = softmax
 */
class Row {
  // The largest logit and the sum of the powers, or 0 and the sum of the probabilities.
  // @ts-ignore: decorator
  @inline
  static largest(p: usize, logits: bool, V: i32): f64 {
    if (!logits) return 0;
    let largest = at(p, 0);
    for (let j = 1; j < V; j++) largest = max(largest, at(p, j));
    return largest;
  }

  // @ts-ignore: decorator
  @inline
  static part(p: usize, logits: bool, largest: f64, j: i32): f64 {
    return logits ? NativeMath.exp(at(p, j) - largest) : at(p, j);
  }

  // @ts-ignore: decorator
  @inline
  static sum(p: usize, logits: bool, largest: f64, V: i32): f64 {
    let sum: f64 = 0;
    for (let j = 0; j < V; j++) sum += Row.part(p, logits, largest, j);
    return sum;
  }
}

// @ts-ignore: decorator
@inline
function clipped(q: f64): f64 {
  return max(1e-7, min(1 - 1e-7, q));
}

export function categoricalFocalForward(
  prediction: usize, target: usize, rowWeights: usize, logits: bool, gamma: f64, alpha: f64, rows: i32, V: i32,
): f64 {
  let loss: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const p = prediction + bytes(r * V), weight = weightOf(rowWeights, r) * alpha;
    const largest = Row.largest(p, logits, V), sum = Row.sum(p, logits, largest, V);
    for (let j = 0; j < V; j++) {
      const y = at(target, r * V + j);
      if (y == 0) continue;
      const part = Row.part(p, logits, largest, j);
      const q = logits ? part / sum : clipped(part / sum);
      const logQ = logits ? at(p, j) - largest - NativeMath.log(sum) : NativeMath.log(q);
      loss -= weight * y * NativeMath.pow(logits ? (sum - part) / sum : 1 - q, gamma) * logQ;
    }
  }
  return loss / rows;
}

/** dPrediction by logits is h - q · sum(h), where h = q times the slope by q; by probabilities the same, over q. */
export function categoricalFocalBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize,
  logits: bool, gamma: f64, alpha: f64, rows: i32, V: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const p = prediction + bytes(r * V), dp = dPrediction + bytes(r * V);
    const factor = (weightOf(rowWeights, r) * alpha) / rows;
    const largest = Row.largest(p, logits, V), sum = Row.sum(p, logits, largest, V);
    let total: f64 = 0;
    for (let j = 0; j < V; j++) {
      const y = at(target, r * V + j);
      if (y == 0) continue;
      const part = Row.part(p, logits, largest, j);
      const q = logits ? part / sum : clipped(part / sum), not = logits ? (sum - part) / sum : 1 - q;
      const logQ = logits ? at(p, j) - largest - NativeMath.log(sum) : NativeMath.log(q);
      const bend = gamma * q * NativeMath.pow(max(not, 1e-16), gamma - 1) * logQ;
      const h = factor * y * (bend - NativeMath.pow(not, gamma));
      total += h;
      accumulate(dp, j, logits ? h : h / (q * sum));
    }
    for (let j = 0; j < V; j++) {
      accumulate(dp, j, logits ? (-Row.part(p, logits, largest, j) / sum) * total : -total / sum);
    }
  }
}

/**
 * The pinball loss, a mean over all numbers of a prediction: q · e or (q - 1) · e, whichever is larger, with e = target -
 * prediction.
 *
 * prediction  [rows, F · Q]  in  of each feature all quantiles
 * target      [rows, F]      in
 * quantiles   [Q]            in
 */
export function quantileForward(
  prediction: usize, target: usize, rowWeights: usize, quantiles: usize, Q: i32, rows: i32, C: i32,
): f64 {
  let sum: f64 = 0;
  for (let r = 0, i = 0; r < rows; r++) {
    const weight = weightOf(rowWeights, r);
    for (const end = i + C; i < end; i++) {
      const e = at(target, i / Q) - at(prediction, i), q = at(quantiles, i % Q);
      sum += weight * max(q * e, (q - 1) * e);
    }
  }
  return sum / (rows * C);
}

export function quantileBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, quantiles: usize, Q: i32, rows: i32, C: i32,
): void {
  for (let r = 0, i = 0; r < rows; r++) {
    const factor = weightOf(rowWeights, r) / (rows * C);
    for (const end = i + C; i < end; i++) {
      const e = at(target, i / Q) - at(prediction, i), q = at(quantiles, i % Q);
      if (e != 0) accumulate(dPrediction, i, factor * (e > 0 ? -q : 1 - q));
    }
  }
}

/**
 * Minus the log of the density of a normal distribution, a mean over F features: (ln v + (target - mean)² / v) / 2 + constant.
 *
 * prediction  [rows, 2 · F]  in  means, then variances v, at least epsilon, or their logs
 * target      [rows, F]      in
 */
// @ts-ignore: decorator
@inline
function variance(s: f64, isLog: bool, epsilon: f64): f64 {
  return max(isLog ? NativeMath.exp(s) : s, epsilon);
}

export function gaussianNllForward(
  prediction: usize, target: usize, rowWeights: usize, isLog: bool, epsilon: f64, constant: f64, rows: i32, F: i32,
): f64 {
  let sum: f64 = 0;
  for (let r = 0; r < rows; r++) {
    const p = prediction + bytes(2 * r * F), weight = weightOf(rowWeights, r);
    for (let j = 0; j < F; j++) {
      const e = at(p, j) - at(target, r * F + j), v = variance(at(p, F + j), isLog, epsilon);
      sum += weight * (0.5 * (NativeMath.log(v) + (e * e) / v) + constant);
    }
  }
  return sum / (rows * F);
}

export function gaussianNllBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize, isLog: bool, epsilon: f64, rows: i32, F: i32,
): void {
  for (let r = 0; r < rows; r++) {
    const from = bytes(2 * r * F), p = prediction + from, factor = weightOf(rowWeights, r) / (rows * F);
    for (let j = 0; j < F; j++) {
      const e = at(p, j) - at(target, r * F + j), v = variance(at(p, F + j), isLog, epsilon);
      accumulate(dPrediction + from, j, (factor * e) / v);
      const slope = 0.5 * (1 - (e * e) / v);
      accumulate(dPrediction + from, F + j, factor * (isLog ? slope : slope / v));
    }
  }
}
