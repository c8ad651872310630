import { bytes, padded } from "../math/lanes";
import { add, addRows, copyRows } from "../math/elementwise";
import { scatterRows } from "../math/rows";
import { groupAt, packGroup, packGroupTransposed, PANEL, wholePanels, WIDE_PANEL } from "../matmul/pack";
import { Frame } from "./frame";
import { placesAt } from "./steps";

/**
 * The buffers of a recurrent layer. Their rows are the steps of all sequences, time-major, in the order of steps.ts;
 * frame.ts lists them.
 *
 * A row of xh is [x right-aligned in padded(C) | h in padded(F)]: the input of a step and the hidden state before it, so
 * that one product over C + F neighbouring numbers can make a step's pre-activations, and one weightGradient over the same
 * rows all weight gradients. C is 0 where the input is projected beforehand.
 *
 * Weights outside are in Keras' layout: kernel [C, G·H], recurrentKernel [F, G·H], bias [G·H], never padded.
 */

/** S, the elements of a row of xh. */
// @ts-ignore: decorator
@inline
export function rowLength(C: i32, F: i32): i32 {
  return padded(C) + padded(F);
}

/** Where x begins in a row of xh: it ends where h begins. */
// @ts-ignore: decorator
@inline
export function inputAt(row: usize, C: i32): usize {
  return row + bytes(padded(C) - C);
}

/**
 * The hidden state after every step of a frame, each where its output belongs. What a mask hides is not written.
 *
 * y  [N, T, F]  out  assigned
 */
export function recurrentOutputs(y: usize, frame: usize): void {
  const f = changetype<Frame>(frame);
  const F = f.F, S = rowLength(f.C, F), h = f.xh + bytes(padded(f.C)), offsets = f.offsets;
  for (let t = f.from; t < f.to; t++) {
    const first = load<i32>(offsets + bytes(t)), places = placesAt(offsets, t, f.T), next = placesAt(offsets, t + 1, f.T);
    const at = f.outputs + bytes(first);
    scatterRows(y, F, h + bytes((first + places) * S), S, at, next, F);
    scatterRows(y, F, h + bytes((f.last + next) * S), S, at + bytes(next), places - next, F);
  }
}

/**
 * A hidden step repeats the output before it; zeros if there is none.
 *
 * y     [N, T, H]      in/out  in the order of computation, `reverse` if that runs against the mask's
 * mask  [N, T] of i32  in
 */
export function recurrentRepeat(y: usize, mask: usize, reverse: bool, N: i32, T: i32, H: i32): void {
  for (let n = 0; n < N; n++) {
    for (let u = 0; u < T; u++, y += bytes(H)) {
      if (load<i32>(mask + bytes(n * T + (reverse ? T - 1 - u : u)))) continue;
      if (u) memory.copy(y, y - bytes(H), bytes(H));
      else memory.fill(y, 0, bytes(H));
    }
  }
}

/**
 * dy    [N, T, H]      in/out  the gradient of a hidden step is added to that of the step it repeats
 * mask  [N, T] of i32  in
 */
export function recurrentRepeatBackward(dy: usize, mask: usize, reverse: bool, N: i32, T: i32, H: i32): void {
  for (let n = 0; n < N; n++) {
    for (let u = T - 1; u > 0; u--) {
      if (load<i32>(mask + bytes(n * T + (reverse ? T - 1 - u : u)))) continue;
      const at = dy + bytes((n * T + u) * H);
      add(at - bytes(H), at, H);
    }
  }
}

/**
 * packed           [C + rows, G·P]  out  assigned: panels of the rows of kernel, then of recurrentKernel
 * kernel           [C, G·H]         in
 * recurrentKernel  [rows, G·H]      in
 * Either may have no rows. `wide`: in panels for rowProductWide, else for product.
 */
export function recurrentPack(
  packed: usize, kernel: usize, C: i32, recurrentKernel: usize, rows: i32, H: i32, G: i32, wide: bool,
): void {
  recurrentPackPart(packed, kernel, C, recurrentKernel, rows, H, G, G, wide);
}

/** The same for G neighbouring gates of matrices that have `all`: kernel and recurrentKernel begin at the first of them. */
export function recurrentPackPart(
  packed: usize, kernel: usize, C: i32, recurrentKernel: usize, rows: i32, H: i32, G: i32, all: i32, wide: bool,
): void {
  const width = wide ? WIDE_PANEL : PANEL, columns = G * padded(H);
  const quarter = padded(H) >> 2, groups = (columns + width - 1) / width * (width >> 2);
  for (let q = 0; q < groups; q++) {
    const gate = q / quarter, unit = (q % quarter) << 2;
    const real = gate < G ? min(4, H - unit) : 0;
    const group = groupAt(packed, q, C + rows, width), first = bytes(gate * H + unit);
    packGroup(group, kernel + first, all * H, C, real, width);
    packGroup(group + bytes(C * width), recurrentKernel + first, all * H, rows, real, width);
  }
}

/**
 * packed  [G·P, rows]  out  assigned: panels of the transpose of x, its gates padded
 * x       [rows, G·H]  in   kernel (rows = C) or recurrentKernel (rows = H)
 */
export function recurrentPackTransposed(packed: usize, x: usize, rows: i32, H: i32, G: i32): void {
  recurrentPackTransposedPart(packed, x, rows, H, G, G);
}

/** The same for G neighbouring gates of a matrix that has `all`: x begins at the first of them. */
export function recurrentPackTransposedPart(packed: usize, x: usize, rows: i32, H: i32, G: i32, all: i32): void {
  const P = padded(H), K = G * P, groups = wholePanels(rows) >> 2;
  for (let q = 0; q < groups; q++) {
    const group = groupAt(packed, q, K), count = max(0, min(4, rows - q * 4));
    for (let gate = 0; gate < G; gate++) {
      const part = group + bytes(gate * P * 8);
      packGroupTransposed(part, x + bytes(q * 4 * all * H + gate * H), all * H, H, count);
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
