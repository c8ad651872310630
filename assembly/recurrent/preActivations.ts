import { bytes, padded } from "../math/lanes";
import { gatherRows } from "../math/rows";
import { rowProductWide } from "../matmul/matvec";
import { product } from "../matmul/product";
import { Frame } from "./frame";
import { inputAt, rowLength } from "./workspace";

/**
 * Pre-activations of cells whose gates all see x and h alike: one product with rows [x | h].
 *
 * z       [rows, G]      out  G = gates · P
 * row     [rows, S]      in   rows of xh
 * packed  [C + F, G]     in   recurrentPack of both matrices, or of recurrentKernel alone where the input is projected
 * first: the number of the first row
 */
// @ts-ignore: decorator
@inline
export function sideBySide(f: Frame, rows: i32, first: i32, z: usize, row: usize, G: i32): void {
  const S = rowLength(f.C, f.F), K = f.C + f.F;
  if (f.projected) {
    gatherRows(z, G, f.projected, G, f.projectedRows + bytes(first), rows, G);
    product(z, G, z, G, inputAt(row, f.C), S, f.packed, rows, G, K);
  } else {
    product(z, G, f.bias, 0, inputAt(row, f.C), S, f.packed, rows, G, K);
  }
}

/** The same for one row: f.bias is what the sum begins with, a projected input too; weights are packed wide. */
// @ts-ignore: decorator
@inline
export function sideBySideOfOne(f: Frame, G: i32): void {
  rowProductWide(f.gates, f.bias, inputAt(f.xh, f.C), f.packed, G, f.C + f.F);
}

/**
 * dh = dz·recurrentKernelᵀ, where no gradient passes by the gates.
 *
 * packedTransposed  [G, F]  recurrentPackTransposed of recurrentKernel
 */
// @ts-ignore: decorator
@inline
export function hiddenGradientOf(f: Frame, rows: i32, dh: usize, dz: usize, G: i32): void {
  product(dh, padded(f.F), 0, 0, dz, G, f.packedTransposed, rows, f.F, G);
}
