import { bytes, padded } from "../math/lanes";
import { addRows } from "../math/elementwise";
import { product } from "../matmul/product";
import { inputAt, rowLength } from "./workspace";

/**
 * The drivers over time, generic over the cell. State buffers have T + 1 slots, slot 0 the initial state, so no step is
 * special. [begin, end) is a range of batch rows: rows never meet, so ranges can run anywhere and give the same bits.
 */

// @ts-ignore: decorator
@inline
export function forwardOverTime<Cell>(
  xh: usize, c: usize, activated: usize, gates: usize, bias: usize, packed: usize,
  activation: i32, recurrentActivation: i32, keep: bool, N: i32, T: i32, C: i32, H: i32, begin: i32, end: i32,
): void {
  const P = padded(H), S = rowLength(C, H), G = changetype<Cell>(0).gates() * P;
  const rows = end - begin;
  // Without a backward pass to come, every step reuses the one slot of gates and cell states.
  const nextXh = bytes(N * S);
  const nextGates = keep ? bytes(N * G) : 0, nextCell = keep ? bytes(N * P) : 0;
  xh += bytes(begin * S);
  gates += bytes(begin * G);
  c += bytes(begin * P);
  activated += bytes(begin * P);
  for (let t = 0; t < T; t++) {
    product(gates, G, bias, 0, inputAt(xh, C), S, packed, rows, G, C + H);
    const h = xh + nextXh + bytes(padded(C));
    changetype<Cell>(0).forward(h, S, c + nextCell, activated, gates, c, activation, recurrentActivation, rows, H);
    xh += nextXh;
    gates += nextGates;
    c += nextCell;
    activated += nextCell;
  }
}

// @ts-ignore: decorator
@inline
export function backwardOverTime<Cell>(
  gates: usize, dh: usize, dc: usize, dOutput: usize, c: usize, activated: usize, packedTransposed: usize,
  activation: i32, recurrentActivation: i32, initial: bool, N: i32, T: i32, H: i32, begin: i32, end: i32,
): void {
  const P = padded(H), G = changetype<Cell>(0).gates() * P;
  const rows = end - begin;
  dh += bytes(begin * P);
  dc += bytes(begin * P);
  for (let t = T - 1; t >= 0; t--) {
    if (dOutput) addRows(dh, P, dOutput + bytes((begin * T + t) * H), T * H, rows, H);
    const at = t * N + begin;
    const dz = gates + bytes(at * G);
    changetype<Cell>(0).backward(
      dz, dc, dh, activated + bytes(at * P), c + bytes(at * P), activation, recurrentActivation, rows, H,
    );
    if (t > 0 || initial) product(dh, P, 0, 0, dz, G, packedTransposed, rows, H, G);
  }
}
