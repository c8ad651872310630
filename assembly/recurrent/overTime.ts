import { bytes, padded } from "../math/lanes";
import { gatherAddRows } from "../math/rows";
import { Frame } from "./frame";
import { placesAt } from "./steps";
import { rowLength } from "./workspace";
import { zoneoutBackward, zoneoutForward, zoneoutJoin, zoneoutKeep } from "./zoneout";

/**
 * The drivers over time, generic over the cell: see frame.ts for what they work on. A cell is a class of
 *
 *   gates(), states(), saved()   how many slots of P a row of each has, unless the frame gives gatesRow or stateRow
 *   preActivations               gates of rows of one step, from x and the hidden state before it
 *   forward                      the states after the step, by unit
 *   backward                     gates become dz; dState becomes that of the states before, dh what of it passes by the gates
 *   hiddenGradient               dh, from that and dz
 *
 * of which preActivations and hiddenGradient come from SideBySide or InputAlone where gates see x and h in a usual way.
 * Static dispatch: the class is a type argument, so that nothing is looked up at run time. A state after step t goes to
 * the row of step t + 1, or, where the sequence ends, behind the last row. [begin, end) is a range of places: sequences
 * never meet, so ranges can run anywhere and give the same bits.
 */

// @ts-ignore: decorator
@inline
export function forwardOverTime<Cell>(f: Frame, begin: i32, end: i32): void {
  const cell = changetype<Cell>(0);
  const P = padded(f.H), S = rowLength(f.C, f.F), h = f.xh + bytes(padded(f.C));
  const G = f.gatesRow || cell.gates() * P, Q = f.stateRow || cell.states() * P, A = cell.saved() * P;
  const offsets = f.offsets, T = f.T, stop = f.to, last = f.last;
  for (let t = f.from, places = placesAt(offsets, t, T); t < stop && places > begin; t++) {
    const next = placesAt(offsets, t + 1, T);
    const first = load<i32>(offsets + bytes(t)) + begin, after = first + places;
    const rows = min(places, end) - begin, going = max(0, min(next, end) - begin);
    const own = f.forBackward ? first : begin;
    const z = f.gates + bytes((f.ahead ? first : own) * G), saved = f.saved + bytes(own * A);
    cell.preActivations(f, rows, first, z, f.xh + bytes(first * S), saved);
    if (f.zoned) zoneoutKeep(f, Q, begin, rows, h + bytes(first * S), f.state + bytes(own * Q));
    // First the sequences that go on, then those that end here.
    for (let from = 0, to = going, target = after; from < rows; from = to, to = rows, target = last + begin) {
      const hNext = h + bytes((target + from) * S), stateNext = f.state + bytes(((f.forBackward ? target : begin) + from) * Q);
      cell.forward(
        f, to - from, z + bytes(from * G), h + bytes((first + from) * S), f.state + bytes((own + from) * Q),
        hNext, stateNext, saved + bytes(from * A),
      );
      if (f.zoned) zoneoutForward(f, Q, begin + from, to - from, first + from, hNext, stateNext);
    }
    places = next;
  }
}

/** One step of one sequence: its states are changed in place, unless a mask hides it. */
// @ts-ignore: decorator
@inline
export function stepOnce<Cell>(f: Frame): void {
  if (f.mask && !load<i32>(f.mask)) return;
  const cell = changetype<Cell>(0), h = f.xh + bytes(padded(f.C)), Q = f.stateRow || cell.states() * padded(f.H);
  cell.preActivationsOfOne(f);
  if (f.zoned) zoneoutKeep(f, Q, 0, 1, h, f.state);
  cell.forward(f, 1, f.gates, h, f.state, h, f.state, f.saved);
  if (f.zoned) zoneoutForward(f, Q, 0, 1, 0, h, f.state);
}

// @ts-ignore: decorator
@inline
export function backwardOverTime<Cell>(f: Frame, begin: i32, end: i32): void {
  const cell = changetype<Cell>(0);
  const P = padded(f.H), S = rowLength(f.C, f.F), h = f.xh + bytes(padded(f.C));
  const G = f.gatesRow || cell.gates() * P, Q = f.stateRow || cell.states() * P, A = cell.saved() * P;
  const offsets = f.offsets, T = f.T, from = f.from;
  const dh = f.dh + bytes(begin * padded(f.F)), dState = f.dState + bytes(begin * Q);
  for (let t = f.to - 1; t >= from; t--) {
    const rows = min(placesAt(offsets, t, T), end) - begin;
    if (rows <= 0) continue;
    const first = load<i32>(offsets + bytes(t)) + begin;
    if (f.dOutput) gatherAddRows(dh, padded(f.F), f.dOutput, f.F, f.outputs + bytes(first), rows, f.F);
    const dz = f.gates + bytes(first * G), saved = f.saved + bytes(first * A);
    if (f.zoned) zoneoutBackward(f, Q, begin, rows, first, dh, dState);
    cell.backward(f, rows, dz, h + bytes(first * S), f.state + bytes(first * Q), saved, dh, dState);
    if (t > from || f.initial) cell.hiddenGradient(f, rows, dh, dz, saved);
    if (f.zoned) zoneoutJoin(f, Q, begin, rows, dh, dState);
  }
}
