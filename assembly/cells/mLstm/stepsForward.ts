import { bytes, padded } from "../../math/lanes";
import { Frame } from "../../recurrent/frame";
import { normForward } from "./head";
import { addOuter, times } from "./matrixProducts";
import { multiplyTriangles, transposeTriangle, weightsBetween } from "./pairs";
import { ADD, byHead, FORGET, kindOf, NORM, PRODUCT, READ, rowsUntil, SLOTS } from "./saved";
import { addTriangle, pairs, transposeSteps } from "./stepProducts";
import { copyVector, scaleVector, wide } from "./vectors";

/**
 * Several steps of one head, forward; see README.md.
 *
 * z       [steps, gatesRow]   in      of the first step; offsets tells how many rows later the next ones are
 * saved   [steps, SLOTS · P]  out     q·C' of each step to READ, and what else the output needs
 * state   [stateRow]          in/out  C and n before the first step in, after the last one out
 * scratch                             scratch.ts
 * whole: whether D is a multiple of 4, known to the compiler
 */
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
