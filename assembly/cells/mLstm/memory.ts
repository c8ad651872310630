import { bytes, padded } from "../../math/lanes";
import { Frame } from "../../recurrent/frame";
import { inputAlone } from "../../recurrent/preActivations";
import { placesAt } from "../../recurrent/steps";
import { normForward } from "./head";
import { memoryForward } from "./matrix";
import { ADD, byHead, FORGET, kindOf, NORM, PRODUCT, READ, rowsUntil, SLOTS } from "./saved";
import { scalesForward } from "./scales";
import { stepsBackward } from "./stepsBackward";
import { stepsForward } from "./stepsForward";

/**
 * The memory of an mLSTM: one step of it, or all steps of one sequence, where a backward pass will come. It does not see h,
 * so it can run ahead of the driver over time. Matrices are too large to keep one a step and to pass through the caches at
 * every step: f.every steps are taken together (README.md), and the matrices before them kept.
 *
 * A row of state is C [heads, D, D], n [H] and m [heads], each padded. What is saved: saved.ts.
 */

/** Steps from t on that the sequence at a place takes in this segment, at most f.every. */
function stepsFrom(f: Frame, t: i32, place: i32): i32 {
  const end = min(f.to, t + f.every);
  let steps = 0;
  while (t + steps < end && placesAt(f.offsets, t + steps, f.T) > place) steps++;
  return steps;
}

/** One step: q·C' to READ, and what else the output needs. */
export function rememberStep(f: Frame, z: usize, saved: usize, state: usize): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), n = state + bytes(padded(H * D));
  const numbers = byHead(saved, H), kind = kindOf(heads);
  scalesForward(n + P, numbers, z + bytes(4 * H), heads, D);
  for (let a = 0; a < heads; a++) {
    const unit = bytes(a * D), q = z + unit, own = numbers + bytes(a), c = state + bytes(a * D * D);
    if (D & 3) rememberHead(c, n + unit, saved + unit, P, q, bytes(H), own, kind, D, false);
    else rememberHead(c, n + unit, saved + unit, P, q, bytes(H), own, kind, D, true);
  }
}

// @ts-ignore: decorator
@inline
function rememberHead(
  c: usize, n: usize, saved: usize, P: usize, q: usize, next: usize, numbers: usize, kind: usize, D: i32, whole: bool,
): void {
  const key = saved + NORM * P, forget = numbers + FORGET * kind;
  const product = normForward(n, key, key, q, q + next, forget, numbers + ADD * kind, D, whole);
  f32.store(numbers + PRODUCT * kind, product);
  memoryForward(c, saved + READ * P, q, key, q + 2 * next, f32.load(forget), D, whole);
}

/** All steps of the sequence at a place. */
export function rememberSequence(f: Frame, place: i32, scratch: usize): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = f.gatesRow;
  const state = f.state + bytes(place * f.stateRow), m = state + bytes(padded(H * D)) + P;
  let snapshot = f.snapshots + bytes(place * f.snapshotRow);
  for (let t = f.from, steps = stepsFrom(f, t, place); steps > 0; t += steps, steps = stepsFrom(f, t, place)) {
    const offsets = f.offsets + bytes(t), first = load<i32>(offsets) + place, z = f.gates + bytes(first * G);
    for (let s = 0; s < steps; s++) {
      const rows = rowsUntil(offsets, s);
      inputAlone(f, 1, first + rows, z + bytes(rows * G), G);
    }
    const saved = f.saved + bytes(first * <i32>SLOTS * padded(f.H));
    memory.copy(snapshot, state, bytes(H * D));
    for (let s = 0; s < steps; s++) {
      const rows = <usize>rowsUntil(offsets, s), own = z + rows * bytes(G) + bytes(4 * H);
      scalesForward(m, byHead(saved + rows * SLOTS * P, H), own, heads, D);
    }
    for (let a = 0; a < heads; a++) {
      if (D & 3) stepsForward(f, a, z, saved, state, scratch, offsets, steps, false);
      else stepsForward(f, a, z, saved, state, scratch, offsets, steps, true);
    }
    snapshot += bytes(padded(f.H / f.heads * f.H));
  }
}

/** All steps of the sequence at a place, backward, from what outputBackward left at every one. */
export function rememberSequenceBackward(f: Frame, place: i32, scratch: usize): void {
  const whole = (f.H / f.heads & 3) == 0, size = padded(f.H / f.heads * f.H);
  const dState = f.dState + bytes(place * f.stateRow);
  const every = f.every, from = f.from;
  for (let chunk = (f.to - 1 - from) / every; chunk >= 0; chunk--) {
    const t = from + chunk * every, steps = stepsFrom(f, t, place);
    if (!steps) continue;
    const offsets = f.offsets + bytes(t), first = load<i32>(offsets) + place;
    const z = f.gates + bytes(first * f.gatesRow), saved = f.saved + bytes(first * <i32>SLOTS * padded(f.H));
    const snapshot = f.snapshots + bytes(place * f.snapshotRow + chunk * size), wanted = chunk > 0 || f.initial != 0;
    for (let a = 0; a < f.heads; a++) {
      if (whole) stepsBackward(f, a, z, saved, dState, snapshot, scratch, offsets, steps, wanted, true);
      else stepsBackward(f, a, z, saved, dState, snapshot, scratch, offsets, steps, wanted, false);
    }
  }
}
