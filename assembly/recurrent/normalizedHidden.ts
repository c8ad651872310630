import { bytes, padded } from "../math/lanes";
import { rowProductWide } from "../matmul/matvec";
import { product } from "../matmul/product";
import { Frame } from "./frame";
import { maskedProduct } from "./recurrentMask";
import { rowLength } from "./workspace";

/**
 * r = h·recurrentKernel of all gates by itself, for cells that normalize it before they add the side of x.
 *
 * packed  [F, G]  recurrentPack of recurrentKernel alone, G = gates · P
 */

/**
 * r    [rows, G]  out  row stride W elements
 * row  [rows, S]  in   rows of xh
 */
// @ts-ignore: decorator
@inline
export function hiddenProduct(f: Frame, rows: i32, r: usize, W: i32, row: usize, G: i32): void {
  if (f.recurrentMask) maskedProduct(f, rows, row, f.maskedGates, r, W, 0, 0);
  else product(r, W, 0, 0, row + bytes(padded(f.C)), rowLength(f.C, f.F), f.packed, rows, G, f.F);
}

/** The same for one row, by way of its gates: products may write past their end. */
// @ts-ignore: decorator
@inline
export function hiddenProductOfOne(f: Frame, r: usize, G: i32): void {
  rowProductWide(f.gates, 0, 0, f.xh + bytes(padded(f.C)), f.packed, G, f.F);
  memory.copy(r, f.gates, bytes(G));
}
