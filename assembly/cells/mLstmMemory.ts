import { bytes, padded } from "../math/lanes";
import { Frame } from "../recurrent/frame";
import { inputAlone } from "../recurrent/preActivations";
import { placesAt } from "../recurrent/steps";
import { copyVector, memoryForward, rowsTaken } from "./matrixMemory";
import { normForward } from "./mLstmHead";
import { ADD, byHead, FORGET, KEY, kindOf, NORM, PRODUCT, READ, rowsUntil, SLOTS, wide } from "./mLstmSaved";
import { scalesForward } from "./mLstmScales";
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
 * kept     C before the first step, out; 0 if not wanted
 * scratch  for vectors of all steps, which lie far apart in z and saved; 0 for a single step
 */
export function remember(
  f: Frame, z: usize, saved: usize, state: usize, kept: usize, scratch: usize, offsets: usize, steps: i32,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow);
  const m = state + bytes(padded(H * D)) + P;
  for (let s = 0; s < steps; s++) {
    const rows = <usize>rowsUntil(offsets, s);
    scalesForward(m, byHead(saved + rows * SLOTS * P, H), z + rows * G + bytes(4 * H), heads, D);
  }
  for (let a = 0; a < heads; a++) {
    const matrix = kept ? kept + bytes(a * D * D) : 0;
    if (D & 3) rememberHead(f, a, z, saved, state, matrix, scratch, offsets, steps, false);
    else rememberHead(f, a, z, saved, state, matrix, scratch, offsets, steps, true);
  }
}

// @ts-ignore: decorator
@inline
function rememberHead(
  f: Frame, a: i32, z: usize, saved: usize, state: usize, kept: usize, scratch: usize, offsets: usize, steps: i32,
  whole: bool,
): void {
  const H = f.H, heads = f.heads, D = H / heads, P = bytes(padded(H)), G = bytes(f.gatesRow), every = f.every;
  const unit = bytes(a * D), head = bytes(a), kind = kindOf(heads), c = state + bytes(a * D * D);
  const n = state + bytes(padded(H * D)) + unit;
  if (!scratch) {
    const q = z + unit, own = saved + unit, numbers = byHead(saved, H) + head, forget = numbers + FORGET * kind;
    const key = own + KEY * P, read = own + READ * P;
    const product = normForward(
      n, key, 0, 16, own + NORM * P, q, q + bytes(H), forget, numbers + ADD * kind, D, whole,
    );
    f32.store(numbers + PRODUCT * kind, product);
    memory.fill(read, 0, bytes(D));
    for (let b = 0; b < D; b += rowsTaken(whole)) {
      const at = bytes(b);
      memoryForward(c + at * <usize>D, read, q + at, key + at, q + bytes(2 * H), f32.load(forget), D, whole);
    }
    return;
  }

  // Four units of q and their keys by step lie together: as the rows of C that are taken together need them.
  const row = bytes(wide(D)), values = scratch, reads = values + <usize>every * row;
  const forgets = reads + <usize>every * row, pairs = forgets + bytes(every), part = <usize>every * 32;
  memory.fill(reads, 0, <usize>steps * row);
  for (let s = 0; s < steps; s++) {
    const rows = <usize>rowsUntil(offsets, s), q = z + rows * G + unit, own = saved + rows * SLOTS * P;
    const numbers = byHead(own, H) + head, forget = numbers + FORGET * kind, pair = pairs + <usize>s * 32;
    const product = normForward(
      n, pair + 16, pair, part, own + NORM * P + unit, q, q + bytes(H), forget, numbers + ADD * kind, D, whole,
    );
    f32.store(numbers + PRODUCT * kind, product);
    f32.store(forgets + bytes(s), f32.load(forget));
    copyVector(values + <usize>s * row, q + bytes(2 * H), D, whole);
  }
  for (let b = 0; b < D; b += rowsTaken(whole)) {
    const from = bytes(b) * <usize>D, pair = pairs + <usize>(b >> 2) * part + bytes(b & 3);
    copyVector(kept + from, c + from, rowsTaken(whole) * D, whole);
    for (let s = 0; s < steps; s++) {
      const at = <usize>s * row, q = pair + <usize>s * 32;
      memoryForward(c + from, reads + at, q, q + 16, values + at, f32.load(forgets + bytes(s)), D, whole);
    }
  }
  for (let s = 0; s < steps; s++) {
    copyVector(saved + <usize>rowsUntil(offsets, s) * SLOTS * P + READ * P + unit, reads + <usize>s * row, D, whole);
  }
}

/** All steps of the sequence at a place. */
export function rememberSequence(f: Frame, place: i32, scratch: usize): void {
  const G = f.gatesRow, state = f.state + bytes(place * f.stateRow);
  let kept = f.kept + bytes(place * f.keptRow);
  for (let t = f.from, steps = stepsFrom(f, t, place); steps > 0; t += steps, steps = stepsFrom(f, t, place)) {
    const offsets = f.offsets + bytes(t), first = load<i32>(offsets) + place, z = f.gates + bytes(first * G);
    for (let s = 0; s < steps; s++) {
      const rows = rowsUntil(offsets, s);
      inputAlone(f, 1, first + rows, z + bytes(rows * G), G);
    }
    const saved = f.saved + bytes(first * <i32>SLOTS * padded(f.H));
    remember(f, z, saved, state, kept, scratch, offsets, steps);
    kept += bytes(padded(f.H * f.H / f.heads));
  }
}

/** All steps of the sequence at a place, backward, from what outputBackward left at every one. */
export function rememberSequenceBackward(f: Frame, place: i32, scratch: usize): void {
  const whole = (f.H / f.heads & 3) == 0, size = padded(f.H * f.H / f.heads);
  const dState = f.dState + bytes(place * f.stateRow);
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
