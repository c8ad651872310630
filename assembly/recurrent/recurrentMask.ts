import { bytes, padded } from "../math/lanes";
import { packedSize } from "../matmul/pack";
import { product } from "../matmul/product";
import { Frame } from "./frame";
import { rowLength } from "./workspace";

/**
 * Recurrent dropout as Keras has it (Gal & Ghahramani 2016): each gate sees the hidden state through a mask of its own,
 * drawn once a batch and the same at every step. So each gate has its own product, with weights packed for it:
 *
 *   z_g = .. + (mask_g ⊙ h)·R_g        dh = Σ mask_g ⊙ (dz_g·R_gᵀ)
 */

/** Makes maskedHidden for rows of one step, h [rows, F], the first in place `begin` and row `own` of the workspace. */
export function maskHidden(f: Frame, begin: i32, rows: i32, own: i32, h: usize): void {
  const gates = f.maskedGates, row = bytes(padded(f.F)), stride = bytes(rowLength(f.C, f.F));
  let mask = f.recurrentMask + <usize>(begin * gates) * row;
  let y = f.maskedHidden + <usize>(own * gates) * row;
  for (let n = 0; n < rows; n++, h += stride) {
    for (let g = 0; g < gates; g++, mask += row, y += row) {
      for (let j: usize = 0; j < row; j += 16) v128.store(y + j, f32x4.mul(v128.load(h + j), v128.load(mask + j)));
    }
  }
}

/** The hidden state as a gate sees it, [rows, F], from a row of the workspace on; row stride maskedGates · padded(F). */
// @ts-ignore: decorator
@inline
export function maskedAt(f: Frame, own: i32, gate: i32): usize {
  return f.maskedHidden + bytes((own * f.maskedGates + gate) * padded(f.F));
}

/** A gate's part of recurrentKernel, packed [F, P]: the frame's `packed` has [C, gates · P] of kernel, then gate by gate. */
// @ts-ignore: decorator
@inline
export function maskedWeights(f: Frame, gate: i32): usize {
  const P = padded(f.H);
  return f.packed + bytes(packedSize(f.C, f.maskedGates * P)) + <usize>gate * bytes(packedSize(f.F, P));
}

/** The transpose of that, [P, F]. */
// @ts-ignore: decorator
@inline
export function maskedTransposed(f: Frame, gate: i32): usize {
  return f.packedTransposed + <usize>gate * bytes(packedSize(padded(f.H), f.F));
}

/**
 * z = start + a gate's masked product.
 *
 * z      [rows, P]  out  row stride zStride elements
 * start  [rows, P]  in   row stride startStride elements; may be z, pointer 0 for none
 * own: the first row in the workspace
 */
export function maskedGate(
  f: Frame, rows: i32, own: i32, gate: i32, z: usize, zStride: i32, start: usize, startStride: i32,
): void {
  const stride = f.maskedGates * padded(f.F);
  product(z, zStride, start, startStride, maskedAt(f, own, gate), stride, maskedWeights(f, gate), rows, padded(f.H), f.F);
}

/** The same of all gates, side by side in z and start. */
export function maskedProduct(
  f: Frame, rows: i32, own: i32, z: usize, zStride: i32, start: usize, startStride: i32,
): void {
  const P = padded(f.H);
  for (let g = 0; g < f.maskedGates; g++) {
    maskedGate(f, rows, own, g, z + bytes(g * P), zStride, start ? start + bytes(g * P) : 0, startStride);
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
