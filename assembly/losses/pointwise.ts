import { bytes, flushTinyScalar } from "../math/lanes";
import { weightOf } from "./rowWeights";

/**
 * More losses that compare number by number, by kind: the sum over rows · C numbers, each times the weight of its row, summed in
 * f64, times `scale`: one over rows · C for a mean, over rows for a sum over the last axis.
 *
 * dPrediction  [rows, C]  in/out  accumulated: the gradient
 * prediction   [rows, C]  in
 * target       [rows, C]  in
 * rowWeights   [rows]     in      0: none, every row counts 1
 * kind                    0 Kullback-Leibler, 1 Poisson, 2 hinge, 3 squared hinge, 4 percentage, 5 squared logarithmic,
 *                         6 binary focal, 7 the same of logits
 * a, b                    hinge: a = 1 if targets are 0 and 1; focal: gamma, and the share of yes if it is >= 0
 */

const EPSILON: f64 = 1e-7;

// @ts-ignore: decorator
@inline
function log(x: f64): f64 {
  return NativeMath.log(x);
}

// @ts-ignore: decorator
@inline
function inUnit(p: f64): f64 {
  return max(EPSILON, min(1, p));
}

// @ts-ignore: decorator
@inline
function logOf(x: f64): f64 {
  return NativeMath.log1p(max(x, EPSILON));
}

/** max(0, 1 - y·p), by targets of ±1. */
// @ts-ignore: decorator
@inline
function margin(p: f64, y: f64): f64 {
  return max(0, 1 - y * p);
}

/** The part of a target that a prediction misses, from p and 1 - p. */
// @ts-ignore: decorator
@inline
function missed(p: f64, not: f64, y: f64): f64 {
  return max(y * not + (1 - y) * p, 0);
}

// @ts-ignore: decorator
@inline
function share(y: f64, b: f64): f64 {
  return b >= 0 ? y * b + (1 - y) * (1 - b) : 1;
}

// @ts-ignore: decorator
@inline
function crossentropy(p: f64, y: f64): f64 {
  const q = max(EPSILON, min(1 - EPSILON, p));
  return -y * log(q) - (1 - y) * NativeMath.log1p(-q);
}

// @ts-ignore: decorator
@inline
function logitsCrossentropy(z: f64, y: f64): f64 {
  return max(z, 0) - z * y + NativeMath.log1p(NativeMath.exp(-abs(z)));
}

/** 1 / (1 + e^-z), as exact for -z as for z. */
// @ts-ignore: decorator
@inline
function sigmoid(z: f64): f64 {
  const e = NativeMath.exp(-abs(z));
  return (z >= 0 ? 1 : e) / (1 + e);
}

function valueOf(kind: i32, p: f64, y: f64, a: f64, b: f64): f64 {
  if (kind == 0) return inUnit(y) * log(inUnit(y) / inUnit(p));
  if (kind == 1) return p - y * log(p + EPSILON);
  if (kind <= 3) {
    const m = margin(p, a != 0 ? 2 * y - 1 : y);
    return kind == 2 ? m : m * m;
  }
  if (kind == 4) return (100 * abs(p - y)) / max(abs(y), EPSILON);
  if (kind == 5) {
    const d = logOf(p) - logOf(y);
    return d * d;
  }
  const yes = kind == 6 ? p : sigmoid(p), no = kind == 6 ? 1 - p : sigmoid(-p);
  const cost = kind == 6 ? crossentropy(p, y) : logitsCrossentropy(p, y);
  return share(y, b) * NativeMath.pow(missed(yes, no, y), a) * cost;
}

function slopeOf(kind: i32, p: f64, y: f64, a: f64, b: f64): f64 {
  if (kind == 0) return -inUnit(y) / inUnit(p);
  if (kind == 1) return 1 - y / (p + EPSILON);
  if (kind <= 3) {
    const sign = a != 0 ? 2 * y - 1 : y, m = margin(p, sign);
    return kind == 2 ? (m > 0 ? -sign : 0) : -2 * m * sign;
  }
  if (kind == 4) return (p > y ? 100 : p < y ? -100 : 0) / max(abs(y), EPSILON);
  if (kind == 5) return p > EPSILON ? (2 * (logOf(p) - logOf(y))) / (p + 1) : 0;
  const yes = kind == 6 ? p : sigmoid(p), no = kind == 6 ? 1 - p : sigmoid(-p);
  const cost = kind == 6 ? crossentropy(p, y) : logitsCrossentropy(p, y);
  const q = max(EPSILON, min(1 - EPSILON, p));
  const steep = kind == 6 ? (q - y) / (q * (1 - q)) : yes - y;
  const turn = (2 * y - 1) * (kind == 6 ? 1 : yes * no);
  const off = missed(yes, no, y);
  // Below 1e-16 the second part is 0 for any gamma that is not far below 1.
  const bend = a * NativeMath.pow(max(off, 1e-16), a - 1) * turn * cost;
  return share(y, b) * (NativeMath.pow(off, a) * steep - bend);
}

export function pointwiseForward(
  prediction: usize, target: usize, rowWeights: usize, kind: i32, a: f64, b: f64, scale: f64, rows: i32, C: i32,
): f64 {
  let sum: f64 = 0;
  for (let r = 0, i = 0; r < rows; r++) {
    const weight = weightOf(rowWeights, r);
    for (const end = i + C; i < end; i++) {
      sum += weight * valueOf(kind, <f64>f32.load(prediction + bytes(i)), <f64>f32.load(target + bytes(i)), a, b);
    }
  }
  return sum * scale;
}

export function pointwiseBackward(
  dPrediction: usize, prediction: usize, target: usize, rowWeights: usize,
  kind: i32, a: f64, b: f64, scale: f64, rows: i32, C: i32,
): void {
  for (let r = 0, i = 0; r < rows; r++) {
    const factor = weightOf(rowWeights, r) * scale;
    for (const end = i + C; i < end; i++) {
      const d = factor * slopeOf(kind, <f64>f32.load(prediction + bytes(i)), <f64>f32.load(target + bytes(i)), a, b);
      f32.store(dPrediction + bytes(i), f32.load(dPrediction + bytes(i)) + flushTinyScalar(<f32>d));
    }
  }
}

/**
 * Softened labels: keep · target + spread.
 *
 * y  [n]  out  assigned
 * x  [n]  in
 */
export function pointwiseSmooth(y: usize, x: usize, keep: f32, spread: f32, n: i32): void {
  for (let i = 0; i < n; i++) f32.store(y + bytes(i), f32.load(x + bytes(i)) * keep + spread);
}
