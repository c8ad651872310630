import { bytes, padded } from "../../math/lanes";
import { Frame } from "../../recurrent/frame";
import { gatesBackward, keyOf } from "./head";
import { addOuter, times, timesTransposed } from "./matrixProducts";
import { forgetGradients, multiplyByEarlier, multiplyTriangles, transposeTriangle, weightsBetween } from "./pairs";
import { ADD, byHead, FLOOR, FORGET, kindOf, NORM, PRODUCT, READ, rowsUntil, SLOPE, SLOTS } from "./saved";
import { addTriangle, pairs, transposeSteps } from "./stepProducts";
import { copyVector, scaleVector, take, wide } from "./vectors";

/**
 * Several steps of one head, backward; see README.md.
 *
 * z         [steps, gatesRow]   in/out  gates in; gradients of pre-activations of q k v i f out
 * saved     [steps, SLOTS · P]  in      as outputBackward has left it
 * dState    [stateRow]          in/out  gradients of C, n, m after the last step in; before the first out, of C if `wanted`
 * snapshot  [heads, D, D]       in      C before the first step
 * scratch                               scratch.ts
 */
// @ts-ignore: decorator
@inline
export function stepsBackward(
  f: Frame, a: i32, z: usize, saved: usize, dState: usize, snapshot: usize, scratch: usize, offsets: usize, steps: i32,
  wanted: bool, whole: bool,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow), kind = kindOf(heads);
  const unit = bytes(a * D), head = bytes(a), dC = dState + bytes(a * D * D), C = snapshot + bytes(a * D * D);
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
