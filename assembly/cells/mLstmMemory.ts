import { bytes, padded } from "../math/lanes";
import { Frame } from "../recurrent/frame";
import { inputAlone } from "../recurrent/preActivations";
import { placesAt } from "../recurrent/steps";
import { copyVector, memoryForward, rowsTaken } from "./matrixMemory";
import { gatesForward } from "./mLstmHead";
import { ADD, FLOOR, FORGET, KEY, NORM, PRODUCT, READ, rowsUntil, SLOTS } from "./mLstmSaved";
import { stepsBackward } from "./mLstmSteps";

/**
 * The memory of an mLSTM over several steps of one sequence: it does not see h, so it can run ahead of the driver over time.
 * Matrices are too large to keep one a step and to pass through the caches at every step. So a few of their rows are
 * taken through f.every steps at once, and the backward pass, for which the matrices before every f.every-th step are
 * kept, takes as many together (mLstmSteps.ts).
 *
 * A row of state is C [heads, D, D], n [H] and m [heads], each padded. What is saved: mLstmSaved.ts.
 */
/** Steps from t on that the sequence at a place takes in this segment, at most f.every. */
function stepsFrom(f: Frame, t: i32, place: i32): i32 {
  const end = min(f.to, t + f.every);
  let steps = 0;
  while (t + steps < end && placesAt(f.offsets, t + steps, f.T) > place) steps++;
  return steps;
}

/**
 * q·C' to READ, and what else the output needs.
 *
 * z        row of gates of the first step; the others at the distances of `offsets`
 * saved    the same of saved
 * state    in/out
 * scratch  for vectors of all steps, which lie far apart in z and saved; 0 for a single step
 */
export function remember(
  f: Frame, z: usize, saved: usize, state: usize, scratch: usize, offsets: usize, steps: i32,
): void {
  const whole = (f.H / f.heads & 3) == 0;
  for (let a = 0; a < f.heads; a++) {
    if (whole) rememberHead(f, a, z, saved, state, scratch, offsets, steps, true);
    else rememberHead(f, a, z, saved, state, scratch, offsets, steps, false);
  }
}

// @ts-ignore: decorator
@inline
function rememberHead(
  f: Frame, a: i32, z: usize, saved: usize, state: usize, scratch: usize, offsets: usize, steps: i32, whole: bool,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow);
  const unit = bytes(a * D), head = bytes(a), c = state + bytes(a * D * D);
  const n = state + bytes(padded(H * D)), m = n + P + head, row = bytes(D);
  const values = scratch || z + unit + bytes(2 * H);
  const reads = scratch ? values + <usize>f.every * row : saved + READ * P + unit;
  memory.fill(reads, 0, <usize>steps * row);
  for (let s = 0; s < steps; s++) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
    const units = own + unit, scalars = own + head;
    gatesForward(
      n + unit, m, units + KEY * P, units + NORM * P, scalars + FORGET * P, scalars + ADD * P, scalars + PRODUCT * P,
      scalars + FLOOR * P, q, q + bytes(H), z + rows * G + bytes(4 * H) + head, heads, D, whole,
    );
    if (scratch) copyVector(values + <usize>s * row, q + bytes(2 * H), D, whole);
  }
  for (let b = 0; b < D; b += rowsTaken(whole)) {
    for (let s = 0; s < steps; s++) {
      const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
      memoryForward(
        c + bytes(b * D), reads + <usize>s * row, q + bytes(b), own + KEY * P + unit + bytes(b),
        values + <usize>s * row, f32.load(own + FORGET * P + head), D, whole,
      );
    }
  }
  for (let s = 0; s < steps && scratch; s++) {
    copyVector(saved + <usize>rowsUntil(offsets, s) * SLOTS * P + READ * P + unit, reads + <usize>s * row, D, whole);
  }
}

/** All steps of the sequence at a place. */
export function rememberSequence(f: Frame, place: i32): void {
  const G = f.gatesRow, state = f.state + bytes(place * f.stateRow);
  let kept = f.kept + bytes(place * f.keptRow);
  for (let t = f.from, steps = stepsFrom(f, t, place); steps > 0; t += steps, steps = stepsFrom(f, t, place)) {
    const offsets = f.offsets + bytes(t), first = load<i32>(offsets) + place, z = f.gates + bytes(first * G);
    for (let s = 0; s < steps; s++) {
      const rows = rowsUntil(offsets, s);
      inputAlone(f, 1, first + rows, z + bytes(rows * G), G);
    }
    memory.copy(kept, state, bytes(f.H * f.H / f.heads));
    kept += bytes(padded(f.H * f.H / f.heads));
    const saved = f.saved + bytes(first * <i32>SLOTS * padded(f.H)), scratch = f.scratch + bytes(place * f.scratchRow);
    remember(f, z, saved, state, scratch, offsets, steps);
  }
}

/** All steps of the sequence at a place, backward, from what outputBackward left at every one. */
export function rememberSequenceBackward(f: Frame, place: i32): void {
  const whole = (f.H / f.heads & 3) == 0, size = padded(f.H * f.H / f.heads);
  const dState = f.dState + bytes(place * f.stateRow), scratch = f.scratch + bytes(place * f.scratchRow);
  const every = f.every, from = f.from;
  for (let chunk = (f.to - 1 - from) / every; chunk >= 0; chunk--) {
    const t = from + chunk * every, steps = stepsFrom(f, t, place);
    if (!steps) continue;
    const offsets = f.offsets + bytes(t), first = load<i32>(offsets) + place;
    const z = f.gates + bytes(first * f.gatesRow), saved = f.saved + bytes(first * <i32>SLOTS * padded(f.H));
    const kept = f.kept + bytes(place * f.keptRow + chunk * size);
    for (let a = 0; a < f.heads; a++) {
      if (whole) stepsBackward(f, a, z, saved, dState, kept, scratch, offsets, steps, true);
      else stepsBackward(f, a, z, saved, dState, kept, scratch, offsets, steps, false);
    }
  }
}
