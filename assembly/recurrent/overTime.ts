import { bytes, padded } from "../math/lanes";
import { gatherAddRows, gatherRows } from "../math/rows";
import { rowProductWide } from "../matmul/matvec";
import { product } from "../matmul/product";
import { placesAt } from "./steps";
import { inputAt, rowLength } from "./workspace";

/**
 * The drivers over time, generic over the cell. Rows and places are those of steps.ts: a state after step t goes to the
 * row of step t + 1, or, where the sequence ends, behind the last row. [begin, end) is a range of places: sequences
 * never meet, so ranges can run anywhere and give the same bits.
 */

// @ts-ignore: decorator
@inline
export function forwardOverTime<Cell>(
  xh: usize, c: usize, activated: usize, gates: usize, bias: usize, projected: usize, projectedRows: usize, packed: usize,
  offsets: usize, activation: i32, recurrentActivation: i32, keep: bool, T: i32, C: i32, H: i32, begin: i32, end: i32,
): void {
  const P = padded(H), S = rowLength(C, H), G = changetype<Cell>(0).gates() * P;
  const last = load<i32>(offsets + bytes(T));
  for (let t = 0, places = placesAt(offsets, 0, T); places > begin; t++) {
    const next = placesAt(offsets, t + 1, T);
    const first = load<i32>(offsets + bytes(t)) + begin, after = first + places;
    const rows = min(places, end) - begin, going = max(0, min(next, end) - begin);
    const row = xh + bytes(first * S);
    // Without a backward pass to come, every step reuses the one slot of gates and cell states.
    const own = keep ? first : begin;
    const z = gates + bytes(own * G);
    if (projected) {
      gatherRows(z, G, projected, G, projectedRows + bytes(first), rows, G);
      product(z, G, z, G, inputAt(row, C), S, packed, rows, G, C + H);
    } else {
      product(z, G, bias, 0, inputAt(row, C), S, packed, rows, G, C + H);
    }
    // First the sequences that go on, then those that end here.
    for (let from = 0, to = going, state = after; from < rows; from = to, to = rows, state = last + begin) {
      const cell = keep ? state : begin;
      changetype<Cell>(0).forward(
        xh + bytes((state + from) * S + padded(C)), S, c + bytes((cell + from) * P), activated + bytes((own + from) * P),
        z + bytes(from * G), c + bytes((own + from) * P), activation, recurrentActivation, to - from, H,
      );
    }
    places = next;
  }
}

/** One step of one sequence, its states changed in place. */
// @ts-ignore: decorator
@inline
export function stepOnce<Cell>(
  xh: usize, c: usize, activated: usize, gates: usize, start: usize, packed: usize,
  activation: i32, recurrentActivation: i32, C: i32, H: i32,
): void {
  const S = rowLength(C, H), G = changetype<Cell>(0).gates() * padded(H);
  rowProductWide(gates, start, inputAt(xh, C), packed, G, C + H);
  changetype<Cell>(0).forward(
    xh + bytes(padded(C)), S, c, activated, gates, c, activation, recurrentActivation, 1, H,
  );
}

// @ts-ignore: decorator
@inline
export function backwardOverTime<Cell>(
  gates: usize, dh: usize, dc: usize, dOutput: usize, outputs: usize, c: usize, activated: usize,
  packedTransposed: usize, offsets: usize, activation: i32, recurrentActivation: i32, initial: bool,
  T: i32, H: i32, begin: i32, end: i32,
): void {
  const P = padded(H), G = changetype<Cell>(0).gates() * P;
  dh += bytes(begin * P);
  dc += bytes(begin * P);
  for (let t = T - 1; t >= 0; t--) {
    const rows = min(placesAt(offsets, t, T), end) - begin;
    if (rows <= 0) continue;
    const first = load<i32>(offsets + bytes(t)) + begin;
    if (dOutput) gatherAddRows(dh, P, dOutput, H, outputs + bytes(first), rows, H);
    const dz = gates + bytes(first * G);
    changetype<Cell>(0).backward(
      dz, dc, dh, activated + bytes(first * P), c + bytes(first * P), activation, recurrentActivation, rows, H,
    );
    if (t > 0 || initial) product(dh, P, 0, 0, dz, G, packedTransposed, rows, H, G);
  }
}
