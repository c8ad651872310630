import { bytes, padded } from "../math/lanes";
import { addRows, copyRows } from "../math/elementwise";
import { groupAt, packGroup, packGroupTransposed } from "../matmul/pack";
import { product } from "../matmul/product";

/**
 * The workspace of a recurrent layer, time-major.
 *
 * xh     [T + 1, N, S]  row = [x right-aligned in padded(C) | h in padded(H)]: slot t holds the input of step t and the
 *                       hidden state before it, so that one product over C + H neighbouring numbers makes a step's
 *                       pre-activations, and one weightGradient over the same rows makes all weight gradients
 * gates  [T, N, G·P]    P = padded(H), G gates
 * c      [T + 1, N, P]  slot 0 the initial cell state
 *
 * Weights outside are in Keras' layout: kernel [C, G·H], recurrentKernel [H, G·H], bias [G·H], never padded.
 */

/** S, the elements of a row of xh. */
// @ts-ignore: decorator
@inline
export function rowLength(C: i32, H: i32): i32 {
  return padded(C) + padded(H);
}

/** Where x begins in a row of xh: it ends where h begins. */
// @ts-ignore: decorator
@inline
export function inputAt(row: usize, C: i32): usize {
  return row + bytes(padded(C) - C);
}

/**
 * xh  [T + 1, N, S]  out  assigned in the x part of slots 0..T-1; `reverse` runs time backwards
 * x   [N, T, C]      in
 */
export function recurrentGatherInput(xh: usize, x: usize, reverse: bool, N: i32, T: i32, C: i32, H: i32): void {
  const S = rowLength(C, H);
  for (let t = 0; t < T; t++) {
    const from = x + bytes((reverse ? T - 1 - t : t) * C);
    copyRows(inputAt(xh + bytes(t * N * S), C), S, from, T * C, N, C);
  }
}

/**
 * dx = dz · kernelᵀ, in the order of x.
 *
 * dx                [N, T, C]    in/out  accumulated
 * gates             [T, N, G·P]  in      dz, in the order of the steps
 * packedTransposed  [G·P, C]     in      recurrentPackTransposed of kernel
 * [begin, end) is a range of batch rows.
 */
export function recurrentInputGradient(
  dx: usize, gates: usize, packedTransposed: usize, reverse: bool,
  N: i32, T: i32, C: i32, H: i32, G: i32, begin: i32, end: i32,
): void {
  const K = G * padded(H);
  for (let t = 0; t < T; t++) {
    const to = dx + bytes((begin * T + (reverse ? T - 1 - t : t)) * C);
    product(to, T * C, to, T * C, gates + bytes((t * N + begin) * K), K, packedTransposed, end - begin, C, K);
  }
}

/**
 * The hidden states after each step, in the order of the steps.
 *
 * y   [N, T, H]      out  assigned
 * xh  [T + 1, N, S]  in
 */
export function recurrentScatterOutput(y: usize, xh: usize, N: i32, T: i32, C: i32, H: i32): void {
  const S = rowLength(C, H);
  for (let t = 0; t < T; t++) {
    copyRows(y + bytes(t * H), T * H, xh + bytes((t + 1) * N * S + padded(C)), S, N, H);
  }
}

/**
 * packed           [C + H, G·P]  out  assigned: panels of the rows of kernel, then of recurrentKernel
 * kernel           [C, G·H]      in
 * recurrentKernel  [H, G·H]      in
 */
export function recurrentPack(packed: usize, kernel: usize, recurrentKernel: usize, C: i32, H: i32, G: i32): void {
  const K = C + H, quarter = padded(H) >> 2, groups = (G * quarter + 1) & ~1;
  for (let q = 0; q < groups; q++) {
    const gate = q / quarter, unit = (q % quarter) << 2;
    const columns = gate < G ? min(4, H - unit) : 0;
    const group = groupAt(packed, q, K), first = bytes(gate * H + unit);
    packGroup(group, kernel + first, G * H, C, columns);
    packGroup(group + bytes(C * 8), recurrentKernel + first, G * H, H, columns);
  }
}

/**
 * packed  [G·P, rows]  out  assigned: panels of the transpose of x, its gates padded
 * x       [rows, G·H]  in   kernel (rows = C) or recurrentKernel (rows = H)
 */
export function recurrentPackTransposed(packed: usize, x: usize, rows: i32, H: i32, G: i32): void {
  const P = padded(H), K = G * P, groups = ((rows + 7) >> 3) << 1;
  for (let q = 0; q < groups; q++) {
    const group = groupAt(packed, q, K), count = max(0, min(4, rows - q * 4));
    for (let gate = 0; gate < G; gate++) {
      const part = group + bytes(gate * P * 8);
      packGroupTransposed(part, x + bytes(q * 4 * G * H + gate * H), G * H, H, count);
      for (let k = H; k < P; k++) v128.store(part + bytes(k * 8), f32x4.splat(0));
    }
  }
}

/**
 * Pads the gates of rows: a bias.
 *
 * y  [rows, G·P]  out  assigned, 0 in the padding
 * x  [rows, G·H]  in
 */
export function recurrentPadGates(y: usize, x: usize, rows: i32, H: i32, G: i32): void {
  const P = padded(H);
  memory.fill(y, 0, bytes(rows * G * P));
  copyRows(y, P, x, H, rows * G, H);
}

/**
 * Takes the padding out again: gradients of weights.
 *
 * dx  [rows, G·H]  in/out  accumulated
 * dy  [rows, G·P]  in
 */
export function recurrentAddUnpadded(dx: usize, dy: usize, rows: i32, H: i32, G: i32): void {
  addRows(dx, H, dy, padded(H), rows * G, H);
}
