import { add } from "../math/elementwise";
import { bytes, padded } from "../math/lanes";
import { rowProductWide } from "../matmul/matvec";
import { packedSize, WIDE_PANEL } from "../matmul/pack";
import { product } from "../matmul/product";
import { Frame } from "./frame";
import { inputSumsAt } from "./inputSums";
import { fromInput, fromInputOfOne } from "./preActivations";
import { maskedGateGradient, maskedProduct, maskedTransposed } from "./recurrentMask";
import { inputAt, rowLength } from "./workspace";

/**
 * Products of the GRUs: z and r see x and h alike, in one product; what the candidate sees of h is its own matter.
 *
 * packed            [C + H, 2P] of z and r, [C, P] and [H, P] of the candidate, one after the other: recurrentPackPart
 * packedTransposed  [2P, H] and [P, H], of recurrentKernel: recurrentPackTransposedPart
 * bias, projected   3P columns: z r and the candidate's part of x
 *
 * With recurrent dropout those of z and r are packed one after the other, [C + H, P] each: recurrentMask.ts.
 */

// @ts-ignore: decorator
@inline
function size(K: i32, N: i32, wide: bool): i32 {
  return wide ? (N + WIDE_PANEL - 1) / WIDE_PANEL * WIDE_PANEL * K : packedSize(K, N);
}

/** Rows of x in the packed weights: none where the input has sums of its own. */
// @ts-ignore: decorator
@inline
function inputs(f: Frame): i32 {
  return f.inputSums ? 0 : f.C;
}

/** The candidate's part of kernel. */
// @ts-ignore: decorator
@inline
function candidateKernel(f: Frame, wide: bool): usize {
  if (f.recurrentMask) return f.packed + 2 * bytes(packedSize(f.C + f.H, padded(f.H)));
  return f.packed + bytes(size(inputs(f) + f.H, 2 * padded(f.H), wide));
}

/** The candidate's part of recurrentKernel. */
// @ts-ignore: decorator
@inline
export function candidateRecurrent(f: Frame, wide: bool): usize {
  return candidateKernel(f, wide) + bytes(size(inputs(f), padded(f.H), wide));
}

/** The transpose of that. */
// @ts-ignore: decorator
@inline
export function candidateGradient(f: Frame): usize {
  return f.recurrentMask ? maskedTransposed(f, 2) : f.packedTransposed + bytes(packedSize(2 * padded(f.H), f.H));
}

/**
 * The sums of z and r, and of x for the candidate.
 *
 * z    [rows, 3P]  out  row stride W elements
 * row  [rows, S]   in   rows of xh; first: the number of the first one
 */
// @ts-ignore: decorator
@inline
export function gateProducts(f: Frame, rows: i32, first: i32, z: usize, W: i32, row: usize): void {
  const P = padded(f.H), S = rowLength(f.C, f.F), K = f.C + f.H, x = inputAt(row, f.C);
  if (f.inputSums) {
    const sums = inputSumsAt(f, first, row, 3 * P);
    rowProductWide(z, f.bias, sums, row + bytes(padded(f.C)), f.packed, 2 * P, f.H);
    const candidate = z + bytes(2 * P);
    memory.copy(candidate, sums + bytes(2 * P), bytes(P));
    if (f.bias) add(candidate, f.bias + bytes(2 * P), P);
    return;
  }
  const projected = f.projected, start = projected ? z : f.bias, stride = projected ? W : 0;
  if (projected) fromInput(f, rows, first, z, W, row, 0, 0, 3 * P, 3 * P);
  if (f.recurrentMask) maskedProduct(f, rows, row, 2, z, W, start, stride);
  else product(z, W, start, stride, x, S, f.packed, rows, 2 * P, K);
  if (!projected) fromInput(f, rows, first, z + bytes(2 * P), W, row, candidateKernel(f, false), 2 * P, P, 3 * P);
}

/** The same for one row; it may write past z and r, so they come first. */
// @ts-ignore: decorator
@inline
export function gateProductsOfOne(f: Frame): void {
  const P = padded(f.H);
  rowProductWide(f.gates, f.bias, 0, inputAt(f.xh, f.C), f.packed, 2 * P, f.C + f.H);
  fromInputOfOne(f, f.gates + bytes(2 * P), candidateKernel(f, true), 2 * P, P);
}

/**
 * What z and r give the gradient of h.
 *
 * dh  [rows, P]   in/out  accumulated
 * dz  [rows, 2P]  in      row stride W elements
 */
// @ts-ignore: decorator
@inline
export function addGateGradients(f: Frame, rows: i32, dh: usize, dz: usize, W: i32): void {
  const P = padded(f.H);
  if (f.recurrentMask) {
    for (let gate = 0; gate < 2; gate++) maskedGateGradient(f, rows, dh, gate, dz + bytes(gate * P), W);
  } else {
    product(dh, P, dh, P, dz, W, f.packedTransposed, rows, f.H, 2 * P);
  }
}
