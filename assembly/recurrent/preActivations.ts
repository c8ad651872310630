import { bytes } from "../math/lanes";
import { gatherRows } from "../math/rows";
import { rowProductWide } from "../matmul/matvec";
import { product } from "../matmul/product";
import { Frame } from "./frame";
import { inputAt, rowLength } from "./workspace";

/** Where the projected input of rows is, [rows, G]: in its place, or gathered into z. */
// @ts-ignore: decorator
@inline
export function projectedAt(f: Frame, rows: i32, first: i32, z: usize, G: i32): usize {
  if (!f.projectedRows) return f.projected + bytes(first * G);
  gatherRows(z, G, f.projected, G, f.projectedRows + bytes(first), rows, G);
  return z;
}

/**
 * Pre-activations of gates from x alone: what those of a cell whose gates see h in another way begin with.
 *
 * z       [rows, columns]  out  row stride W elements
 * row     [rows, S]        in   rows of xh
 * packed  [C, columns]     in   recurrentPack of kernel; not read where the input is projected
 * from: the first of the columns in bias and projected, which have `width` of them; first: the number of the first row
 */
// @ts-ignore: decorator
@inline
export function fromInput(
  f: Frame, rows: i32, first: i32, z: usize, W: i32, row: usize, packed: usize, from: i32, columns: i32, width: i32,
): void {
  if (f.projected) {
    gatherRows(z, W, f.projected + bytes(from), width, f.projectedRows + bytes(first), rows, columns);
  } else {
    const bias = f.bias ? f.bias + bytes(from) : 0;
    product(z, W, bias, 0, inputAt(row, f.C), rowLength(f.C, f.F), packed, rows, columns, f.C);
  }
}

/** The same for one row, with weights packed wide; f.bias is what the sum begins with, a projected input too. */
// @ts-ignore: decorator
@inline
export function fromInputOfOne(f: Frame, z: usize, packed: usize, from: i32, columns: i32): void {
  const start = f.bias ? f.bias + bytes(from) : 0;
  if (f.C) rowProductWide(z, start, 0, inputAt(f.xh, f.C), packed, columns, f.C);
  else memory.copy(z, start, bytes(columns));
}

/**
 * Pre-activations of cells whose gates see x alone. They are there before the loop over time (frame.ahead), unless x was
 * looked up in a table, which then is what is projected.
 */
// @ts-ignore: decorator
@inline
export function inputAlone(f: Frame, rows: i32, first: i32, z: usize, G: i32): void {
  if (f.projected) gatherRows(z, G, f.projected, G, f.projectedRows + bytes(first), rows, G);
}

/** inputAlone for one row. packed [C, G], wide; without C, f.bias is all of it */
// @ts-ignore: decorator
@inline
export function inputAloneOfOne(f: Frame, G: i32): void {
  fromInputOfOne(f, f.gates, f.packed, 0, G);
}
