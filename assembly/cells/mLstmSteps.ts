import { bytes, padded } from "../math/lanes";
import { Frame } from "../recurrent/frame";
import { copyVector } from "./matrixMemory";
import { addOuter, addWeighted, times, timesTransposed } from "./matrixProducts";
import { dot, gatesBackward, normBackward } from "./mLstmHead";
import { ADD, FLOOR, FORGET, KEY, NORM, PRODUCT, READ, rowsUntil, SLOTS } from "./mLstmSaved";

/**
 * Several steps of one head of an mLSTM, backward, from the matrix C before the first and the gradient dC after the last.
 * With w(s, t) the product of the forget gates of steps t + 1 to s, and -1 for "before the first step":
 *
 *   C after t = w(t, -1)·C + Σ w(t, s)·key(s)ᵀ·v(s), s <= t      its gradient = w(last, t)·dC + Σ w(s, t)·q(s)ᵀ·dr(s), s >= t
 *
 * So what steps need of these matrices are products of all their vectors with C and dC, which no step has to wait for,
 * and sums over pairs of steps, weighted by M(s, t) = dr(s)·v(t) and A(s, t) = q(s)·key(t).
 *
 * scratch: padded vectors of each step, eight kinds; then scalars by step, six kinds; then M and A
 */
// @ts-ignore: decorator
@inline
export function stepsBackward(
  f: Frame, a: i32, z: usize, saved: usize, dState: usize, kept: usize, scratch: usize, offsets: usize, steps: i32,
  whole: bool,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow);
  const unit = bytes(a * D), head = bytes(a), dC = dState + bytes(a * D * D), C = kept + bytes(a * D * D);
  const dn = dState + bytes(padded(H * D)), dm = dn + P + head;
  const every = f.every, step = bytes(padded(D)), part = <usize>every * step, line = bytes(every);
  const values = scratch, dReads = values + part, queries = dReads + part, keys = queries + part;
  const dValues = keys + part, dKeys = dValues + part, dQueries = dKeys + part, dNorms = dQueries + part;
  const forgets = dNorms + part, dForgets = forgets + line, reads = dForgets + line, sums = reads + line;
  const weights = sums + line, kepts = weights + line, M = kepts + line, A = M + <usize>every * line;
  memory.fill(values, 0, 4 * part);

  let decays = false;
  for (let s = steps - 1; s >= 0; s--) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit;
    const own = saved + rows * SLOTS * P, units = own + unit, dProduct = f32.load(own + PRODUCT * P + head);
    const forget = f32.load(own + FORGET * P + head), at = <usize>s * step;
    const df = normBackward(dNorms + at, dn + unit, q, units + NORM * P, forget, dProduct, D, whole);
    f32.store(forgets + bytes(s), forget);
    f32.store(dForgets + bytes(s), df);
    if (forget < 1) decays = true;
    copyVector(values + at, q + bytes(2 * H), D, whole);
    copyVector(dReads + at, units + READ * P, D, whole);
    copyVector(queries + at, q, D, whole);
    copyVector(keys + at, units + KEY * P, D, whole);
  }
  for (let s = 0; s < steps; s++) {
    for (let t = 0; t <= s; t++) {
      const to = <usize>s * line + bytes(t), from = <usize>s * step, other = <usize>t * step;
      f32.store(M + to, dot(dReads + from, values + other, padded(D), true));
      f32.store(A + to, dot(queries + from, keys + other, padded(D), true));
    }
  }
  timesTransposed(dQueries, C, dReads, padded(steps), D);
  timesTransposed(dKeys, dC, values, padded(steps), D);
  times(dValues, dC, keys, padded(steps), D);
  if (decays) {
    forgetGradients(dForgets, forgets, C, dC, queries, dQueries, keys, dKeys, M, A, reads, steps, every, D, whole);
  }

  // C before step t on dr(t).
  for (let t = 0; t < steps; t++) {
    let weight: f32 = 1;
    for (let s = t - 1; s >= 0; s--) {
      f32.store(weights + bytes(s), weight * f32.load(M + <usize>t * line + bytes(s)));
      weight *= f32.load(forgets + bytes(s));
    }
    addWeighted(dQueries + <usize>t * step, weight, keys, weights, t, D);
  }
  // The gradient of C after step t on v(t) and key(t).
  for (let t = 0; t < steps; t++) {
    let weight: f32 = 1;
    for (let s = t; s < steps; s++) {
      if (s > t) weight *= f32.load(forgets + bytes(s));
      f32.store(weights + bytes(s), weight);
      f32.store(sums + bytes(s), weight * f32.load(M + <usize>s * line + bytes(t)));
      f32.store(reads + bytes(s), weight * f32.load(A + <usize>s * line + bytes(t)));
    }
    const at = <usize>t * step;
    addWeighted(dKeys + at, weight, queries + at, sums + bytes(t), steps - t, D);
    addWeighted(dValues + at, weight, dReads + at, reads + bytes(t), steps - t, D);
  }
  let weight: f32 = 1;
  for (let s = 0; s < steps; s++) {
    weight *= f32.load(forgets + bytes(s));
    const q = queries + <usize>s * step;
    for (let j: usize = 0; j < step; j += 16) v128.store(q + j, f32x4.mul(f32x4.splat(weight), v128.load(q + j)));
  }
  addOuter(dC, weight, queries, dReads, steps, D);

  for (let s = steps - 1; s >= 0; s--) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
    const units = own + unit, scalars = own + head, at = <usize>s * step;
    copyVector(q, dQueries + at, D, whole);
    gatesBackward(
      q, q + bytes(H), q + bytes(2 * H), z + rows * G + bytes(4 * H) + head, heads, dm, dValues + at, dNorms + at,
      units + READ * P, dKeys + at, units + NORM * P, f32.load(scalars + FORGET * P), f32.load(scalars + ADD * P),
      f32.load(scalars + PRODUCT * P), f32.load(scalars + FLOOR * P), f32.load(dForgets + bytes(s)), D, whole,
    );
  }
}

/** Adds to the gradient of each forget gate the sum of C before its step times the gradient of C after it. */
function forgetGradients(
  dForgets: usize, forgets: usize, C: usize, dC: usize, queries: usize, reads: usize, keys: usize, values: usize,
  M: usize, A: usize, bySteps: usize, steps: i32, every: i32, D: i32, whole: bool,
): void {
  const step = bytes(padded(D)), line = bytes(every);
  // The sum of C before step t times dC, and q(s) on C before step t on dr(s).
  let byLast = dot(C, dC, D * D, whole);
  for (let s = 0; s < steps; s++) {
    f32.store(bySteps + bytes(s), dot(queries + <usize>s * step, reads + <usize>s * step, D, whole));
  }
  for (let t = 0; t < steps; t++) {
    const forget = f32.load(forgets + bytes(t));
    let weight: f32 = 1, sum: f32 = 0;
    for (let s = t; s < steps; s++) {
      const at = <usize>s * line + bytes(t), value = f32.load(bySteps + bytes(s));
      if (s > t) weight *= f32.load(forgets + bytes(s));
      sum += weight * value;
      f32.store(bySteps + bytes(s), forget * value + f32.load(A + at) * f32.load(M + at));
    }
    f32.store(dForgets + bytes(t), f32.load(dForgets + bytes(t)) + sum + weight * byLast);
    byLast = forget * byLast + dot(keys + <usize>t * step, values + <usize>t * step, D, whole);
  }
}
