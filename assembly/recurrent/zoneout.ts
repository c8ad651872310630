import { add } from "../math/elementwise";
import { bytes, flushTiny, padded } from "../math/lanes";
import { Frame } from "./frame";
import { rowLength } from "./workspace";

/**
 * Zoneout (Krueger et al. 2016), the same for every cell: at each step a unit keeps the value it had with a probability
 * of its state's own; without masks, as at inference, it takes the expected value. With m the part that is new:
 *
 *   state = m·new + (1 - m)·old
 *
 * The cell computes with what is new alone; so h sees the new c, as in the paper.
 */

/** Keeps the states before a step, which the cell may overwrite. `place` is that of the first row. */
export function zoneoutKeep(f: Frame, Q: i32, place: i32, rows: i32, h: usize, state: usize): void {
  const F = padded(f.F), S = rowLength(f.C, f.F);
  let zoned = f.zoned + bytes(place * (F + Q));
  for (let n = 0; n < rows; n++, zoned += bytes(F + Q), h += bytes(S), state += bytes(Q)) {
    memory.copy(zoned, h, bytes(F));
    if (f.stateZoneout) memory.copy(zoned + bytes(F), state, bytes(Q));
  }
}

/** Brings back what stays, in h and states after the step. `row` is that of the first in the order of steps.ts. */
export function zoneoutForward(f: Frame, Q: i32, place: i32, rows: i32, row: i32, h: usize, state: usize): void {
  const F = padded(f.F), S = rowLength(f.C, f.F);
  let zoned = f.zoned + bytes(place * (F + Q));
  for (let n = 0; n < rows; n++, zoned += bytes(F + Q), h += bytes(S), state += bytes(Q)) {
    blend(h, zoned, maskAt(f, f.hiddenZoneoutMask, row + n, F), f.hiddenZoneout, F);
    blend(state, zoned + bytes(F), maskAt(f, f.stateZoneoutMask, row + n, Q), f.stateZoneout, Q);
  }
}

/** Splits the gradients of the states after a step: what is old passes by the cell. */
export function zoneoutBackward(f: Frame, Q: i32, place: i32, rows: i32, row: i32, dh: usize, dState: usize): void {
  const F = padded(f.F);
  let zoned = f.zoned + bytes(place * (F + Q));
  for (let n = 0; n < rows; n++, zoned += bytes(F + Q), dh += bytes(F), dState += bytes(Q)) {
    split(dh, zoned, maskAt(f, f.hiddenZoneoutMask, row + n, F), f.hiddenZoneout, F);
    if (f.stateZoneout) split(dState, zoned + bytes(F), maskAt(f, f.stateZoneoutMask, row + n, Q), f.stateZoneout, Q);
  }
}

/** Adds what passed by to the gradients of the states before the step. */
export function zoneoutJoin(f: Frame, Q: i32, place: i32, rows: i32, dh: usize, dState: usize): void {
  const F = padded(f.F);
  let zoned = f.zoned + bytes(place * (F + Q));
  for (let n = 0; n < rows; n++, zoned += bytes(F + Q), dh += bytes(F), dState += bytes(Q)) {
    add(dh, zoned, F);
    if (f.stateZoneout) add(dState, zoned + bytes(F), Q);
  }
}

// @ts-ignore: decorator
@inline
function maskAt(f: Frame, mask: usize, row: i32, width: i32): usize {
  return mask ? mask + bytes(load<i32>(f.outputs + bytes(row)) * width) : 0;
}

/** m: 1 or 0 by the mask, or the probability of 1. */
// @ts-ignore: decorator
@inline
function newPart(mask: usize, rate: f32): v128 {
  const one = f32x4.splat(1);
  return mask ? v128.and(f32x4.ne(v128.load(mask), f32x4.splat(0)), one) : f32x4.sub(one, f32x4.splat(rate));
}

function blend(y: usize, old: usize, mask: usize, rate: f32, n: i32): void {
  if (rate == 0) return;
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const m = newPart(mask ? mask + i : 0, rate), rest = f32x4.sub(f32x4.splat(1), m);
    const sum = f32x4.add(f32x4.mul(m, v128.load(y + i)), f32x4.mul(rest, v128.load(old + i)));
    v128.store(y + i, flushTiny(sum));
  }
}

function split(d: usize, old: usize, mask: usize, rate: f32, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 16) {
    const m = newPart(mask ? mask + i : 0, rate), all = v128.load(d + i);
    v128.store(old + i, flushTiny(f32x4.mul(f32x4.sub(f32x4.splat(1), m), all)));
    v128.store(d + i, flushTiny(f32x4.mul(m, all)));
  }
}
