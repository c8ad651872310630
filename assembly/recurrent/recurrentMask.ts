import { copyRows } from "../math/elementwise";
import { bytes, padded } from "../math/lanes";
import { packedSize } from "../matmul/pack";
import { product } from "../matmul/product";
import { Frame } from "./frame";
import { inputAt, rowLength } from "./workspace";

/**
 * Recurrent dropout as Keras has it (Gal & Ghahramani 2016): each gate sees the hidden state through a mask of its own,
 * drawn once a batch and the same at every step. So each gate has its own product, with weights packed for it:
 *
 *   z_g = .. + [x | mask_g ⊙ h]·[K_g ; R_g]        dh = Σ mask_g ⊙ (dz_g·R_gᵀ)
 *
 * What a gate sees stands in f.masked, for one gate and step at a time: it stays in the first cache.
 */

/** The place of the sequence that a row of xh belongs to. */
// @ts-ignore: decorator
@inline
function placeOf(f: Frame, row: usize): i32 {
  return load<i32>(f.places + (row - f.xh) / <usize>rowLength(f.C, f.F));
}

/** Makes the rows [rows, S] that gates see of rows of xh: their x parts. */
function seeInput(f: Frame, rows: i32, row: usize): void {
  const S = rowLength(f.C, f.F);
  if (f.C) copyRows(f.masked + bytes(placeOf(f, row) * S), S, row, S, rows, padded(f.C));
}

/** The same for their h parts, as one gate sees them. Returns the first of the rows. */
export function seeHidden(f: Frame, rows: i32, row: usize, gate: i32): usize {
  const place = placeOf(f, row), F = bytes(padded(f.F)), S = bytes(rowLength(f.C, f.F)), C = bytes(padded(f.C));
  const gates = <usize>f.maskedGates, seen = f.masked + <usize>place * S;
  let h = row + C, y = seen + C, mask = f.recurrentMask + (<usize>place * gates + <usize>gate) * F;
  for (let n = 0; n < rows; n++, h += S, y += S, mask += gates * F) {
    for (let j: usize = 0; j < F; j += 16) v128.store(y + j, f32x4.mul(v128.load(h + j), v128.load(mask + j)));
  }
  return seen;
}

/** The transpose of a gate's part of recurrentKernel, packed [P, F]. */
// @ts-ignore: decorator
@inline
export function maskedTransposed(f: Frame, gate: i32): usize {
  return f.packedTransposed + <usize>gate * bytes(packedSize(padded(f.H), f.F));
}

/**
 * z = start + the masked products of the first gates, side by side in z and start. f.packed begins with their weights,
 * gate by gate, packed [C + F, P] each.
 *
 * z      [rows, gates · P]  out  row stride zStride elements
 * start  [rows, gates · P]  in   row stride startStride elements; may be z, pointer 0 for none
 * row    [rows, S]          in   rows of xh
 */
export function maskedProduct(
  f: Frame, rows: i32, row: usize, gates: i32, z: usize, zStride: i32, start: usize, startStride: i32,
): void {
  const P = padded(f.H), K = f.C + f.F, S = rowLength(f.C, f.F), size = bytes(packedSize(K, P));
  seeInput(f, rows, row);
  for (let g = 0, packed = f.packed; g < gates; g++, packed += size, z += bytes(P), start += start ? bytes(P) : 0) {
    product(z, zStride, start, startStride, inputAt(seeHidden(f, rows, row, g), f.C), S, packed, rows, P, K);
  }
}

/**
 * dh  [rows, padded(F)]  in/out  accumulated; a part of the frame's, since it tells the place
 * dz  [rows, P]          in      of one gate; row stride `stride` elements
 */
export function maskedGateGradient(f: Frame, rows: i32, dh: usize, gate: i32, dz: usize, stride: i32): void {
  const gates = <usize>f.maskedGates, row = bytes(padded(f.F)), place = dh - f.dh, part = f.dMasked + place;
  product(part, padded(f.F), 0, 0, dz, stride, maskedTransposed(f, gate), rows, f.F, padded(f.H));
  let mask = f.recurrentMask + place * gates + <usize>gate * row, x = part;
  for (let n = 0; n < rows; n++, mask += gates * row, x += row, dh += row) {
    for (let j: usize = 0; j < row; j += 16) {
      v128.store(dh + j, f32x4.add(v128.load(dh + j), f32x4.mul(v128.load(x + j), v128.load(mask + j))));
    }
  }
}

/** The same of all gates, side by side in dz: dh, assigned. */
export function maskedHiddenGradient(f: Frame, rows: i32, dh: usize, dz: usize, stride: i32): void {
  memory.fill(dh, 0, bytes(rows * padded(f.F)));
  for (let g = 0; g < f.maskedGates; g++) maskedGateGradient(f, rows, dh, g, dz + bytes(g * padded(f.H)), stride);
}
