import { bytes, padded } from "../math/lanes";
import { Frame } from "../recurrent/frame";
import { copyVector, take } from "./matrixMemory";
import { addOuter, times, timesTransposed } from "./matrixProducts";
import { gatesBackward, keyOf, normForward } from "./mLstmHead";
import { forgetGradients, multiplyByEarlier, multiplyTriangles, transposeTriangle, weightsBetween } from "./mLstmPairs";
import { ADD, byHead, FLOOR, FORGET, kindOf, NORM, PRODUCT, READ, rowsUntil, SLOPE, SLOTS, wide } from "./mLstmSaved";
import { addTriangle, pairs, transposeSteps } from "./mLstmStepProducts";

/**
 * Several steps of one head of an mLSTM, from the matrix C before the first and, backward, the gradient dC after the last.
 * With w(s, t) the product of the forget gates of steps t + 1 to s, and -1 for "before the first step":
 *
 *   C after t = w(t, -1)·C + Σ w(t, s)·key(s)ᵀ·v(s), s <= t      its gradient = w(last, t)·dC + Σ w(s, t)·q(s)ᵀ·dr(s), s >= t
 *
 * So what steps need of these matrices are products of all their vectors with C and dC, which no step has to wait for,
 * and sums over pairs of steps, weighted by M(s, t) = dr(s)·v(t) and A(s, t) = q(s)·key(t).
 *
 * scratch: W = wide(D) numbers of each step, eleven kinds; 8 columns of a matrix; scalars by step, five kinds, one of
 * them with four more; pairs of steps, six kinds. src/ops/mLstm.ts makes room for it
 */

// @ts-ignore: decorator
@inline
function scaleVector(x: usize, scale: v128, end: usize): void {
  for (let j: usize = 0; j < end; j += 16) v128.store(x + j, f32x4.mul(scale, v128.load(x + j)));
}

/** C after the last step in place of C, n likewise; q·C' of each step to READ, and what else the output needs. */
// @ts-ignore: decorator
@inline
export function stepsForward(
  f: Frame, a: i32, z: usize, saved: usize, state: usize, scratch: usize, offsets: usize, steps: i32, whole: bool,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow), kind = kindOf(heads);
  const unit = bytes(a * D), head = bytes(a), C = state + bytes(a * D * D), n = state + bytes(padded(H * D)) + unit;
  const every = f.every, step = bytes(wide(D)), part = <usize>every * step;
  const line = bytes(every), square = <usize>every * line;
  const values = scratch, queries = values + part, keys = queries + part, reads = keys + part;
  const queriesAcross = reads + part, keysAcross = queriesAcross + part, columns = keysAcross + part;
  const forgets = columns + 8 * step, before = forgets + line, A = before + line + 16, weights = A + square;

  for (let s = 0; s < steps; s++) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
    const numbers = byHead(own, H) + head, forget = numbers + FORGET * kind, at = <usize>s * step;
    const norm = own + NORM * P + unit, add = numbers + ADD * kind;
    f32.store(numbers + PRODUCT * kind, normForward(n, keys + at, norm, q, q + bytes(H), forget, add, D, whole));
    f32.store(forgets + bytes(s), f32.load(forget));
    copyVector(queries + at, q, D, whole);
    copyVector(values + at, q + bytes(2 * H), D, whole);
  }
  memory.fill(queries + <usize>steps * step, 0, <usize>(padded(steps) - steps) * step);
  memory.fill(keys + <usize>steps * step, 0, <usize>(padded(steps) - steps) * step);
  transposeSteps(queriesAcross, queries, steps, D);
  transposeSteps(keysAcross, keys, steps, D);
  times(reads, C, queriesAcross, columns, steps, D);
  pairs(A, queriesAcross, keysAcross, steps, line, D);
  weightsBetween(weights, before, forgets, steps, line);
  multiplyTriangles(A, A, weights, steps, line);
  const left = weights + <usize>(steps - 1) * line;
  for (let s = 0; s < steps; s++) {
    scaleVector(keys + <usize>s * step, v128.load32_splat(left + bytes(s)), step);
  }
  addOuter(C, before + bytes(steps), keys, values, columns, steps, D);
  transposeTriangle(weights, A, steps, line);
  addTriangle(reads, before + 4, weights, values, steps, line, D, false);
  for (let s = 0; s < steps; s++) {
    copyVector(saved + <usize>rowsUntil(offsets, s) * SLOTS * P + READ * P + unit, reads + <usize>s * step, D, whole);
  }
}

/** Gradients: of C, if it is wanted, and n in place of dC and dn, of pre-activations in place of the gates. */
// @ts-ignore: decorator
@inline
export function stepsBackward(
  f: Frame, a: i32, z: usize, saved: usize, dState: usize, kept: usize, scratch: usize, offsets: usize, steps: i32,
  wanted: bool, whole: bool,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow), kind = kindOf(heads);
  const unit = bytes(a * D), head = bytes(a), dC = dState + bytes(a * D * D), C = kept + bytes(a * D * D);
  const dn = dState + bytes(padded(H * D)) + unit, dm = dState + bytes(padded(H * D)) + P + head;
  const every = f.every, step = bytes(wide(D)), part = <usize>every * step;
  const line = bytes(every), square = <usize>every * line;
  const values = scratch, dReads = values + part, queries = dReads + part, keys = queries + part;
  const dValues = keys + part, dKeys = dValues + part, dQueries = dKeys + part;
  const valuesAcross = dQueries + part, dReadsAcross = valuesAcross + part, keysAcross = dReadsAcross + part;
  const queriesAcross = keysAcross + part, columns = queriesAcross + part;
  const forgets = columns + 8 * step, dForgets = forgets + line, reads = dForgets + line, before = reads + line;
  const M = before + line + 16, A = M + square, weights = A + square, earlier = weights + square;
  const weightsLater = earlier + square, later = weightsLater + square;

  let decays = false;
  for (let s = 0; s < steps; s++) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
    const numbers = byHead(own, H) + head, at = <usize>s * step, forget = f32.load(numbers + FORGET * kind);
    const add = v128.load32_splat(numbers + ADD * kind), k = q + bytes(H);
    f32.store(forgets + bytes(s), forget);
    if (forget < 1) decays = true;
    copyVector(values + at, q + bytes(2 * H), D, whole);
    copyVector(dReads + at, own + READ * P + unit, D, whole);
    copyVector(queries + at, q, D, whole);
    for (let j = 0; j < D; j += 4) v128.store(keys + at + bytes(j), keyOf(add, take(k + bytes(j), D - j, whole)));
  }
  for (let x = values; x < dValues; x += part) {
    memory.fill(x + <usize>steps * step, 0, <usize>(padded(steps) - steps) * step);
  }
  transposeSteps(valuesAcross, values, steps, D);
  transposeSteps(dReadsAcross, dReads, steps, D);
  transposeSteps(keysAcross, keys, steps, D);
  transposeSteps(queriesAcross, queries, steps, D);
  timesTransposed(dQueries, C, dReadsAcross, columns, steps, D);
  timesTransposed(dKeys, dC, valuesAcross, columns, steps, D);
  times(dValues, dC, keysAcross, columns, steps, D);
  pairs(M, dReadsAcross, valuesAcross, steps, line, D);
  pairs(A, queriesAcross, keysAcross, steps, line, D);
  weightsBetween(weights, before, forgets, steps, line);
  const left = weights + <usize>(steps - 1) * line;
  if (decays) {
    transposeTriangle(weightsLater, weights, steps, line);
    multiplyTriangles(earlier, A, M, steps, line);
    transposeTriangle(later, earlier, steps, line);
    forgetGradients(
      dForgets, reads, forgets, C, dC, queries, dQueries, keys, dKeys, weightsLater, later, left, steps, line, D,
    );
  }
  for (let s = 0; s < steps; s++) f32.store(reads + bytes(s), f32.load(M + <usize>s * line + bytes(s)));

  // C before step t on dr(t).
  multiplyByEarlier(earlier, M, weights, steps, line);
  transposeTriangle(later, earlier, steps, line);
  addTriangle(dQueries, before, later, keys, steps, line, D, false);
  // The gradient of C after step t on v(t) and key(t).
  multiplyTriangles(M, M, weights, steps, line);
  multiplyTriangles(A, A, weights, steps, line);
  addTriangle(dKeys, left, M, queries, steps, line, D, true);
  addTriangle(dValues, left, A, dReads, steps, line, D, true);
  if (wanted) {
    for (let s = 0; s < steps; s++) {
      scaleVector(queries + <usize>s * step, v128.load32_splat(before + bytes(s), 4), step);
    }
    addOuter(dC, before + bytes(steps), queries, dReads, columns, steps, D);
  }

  for (let s = steps - 1; s >= 0; s--) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
    const numbers = byHead(own, H) + head, at = <usize>s * step;
    gatesBackward(
      q, q + bytes(H), q + bytes(2 * H), z + rows * G + bytes(4 * H) + head, heads, dn, dm,
      dQueries + at, dValues + at, dKeys + at, own + NORM * P + unit,
      f32.load(numbers + FORGET * kind), f32.load(numbers + ADD * kind), f32.load(numbers + PRODUCT * kind),
      f32.load(numbers + FLOOR * kind), f32.load(reads + bytes(s)), decays ? f32.load(dForgets + bytes(s)) : 0,
      f32.load(numbers + SLOPE * kind), D, whole,
    );
  }
}
