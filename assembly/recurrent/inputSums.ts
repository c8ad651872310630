import { bytes } from "../math/lanes";
import { product } from "../matmul/product";
import { SCRATCH_ROWS } from "../matmul/scratch";
import { K_BLOCK } from "../matmul/tile";
import { Frame } from "./frame";
import { inputAt, rowLength } from "./workspace";

/**
 * One sequence by itself, where f.inputSums is given. A step has one row, and a product with one row waits for its weights: so the
 * sums of x are made for several steps at once, and that of h goes on from them. It is the sum of rows [x | h] in its order.
 */

/** Rows whose sums of x are made at once. */
export function inputSumsRows(): i32 {
  return SCRATCH_ROWS;
}

/** The longest sum [x | h] that can be cut after x: longer ones are cut elsewhere. */
export function inputSumsLimit(): i32 {
  return K_BLOCK;
}

/**
 * Where the sums of x are, [G], of row number `first`; `row` is that row of xh. Rows are asked for one after the other.
 */
// @ts-ignore: decorator
@inline
export function inputSumsAt(f: Frame, first: i32, row: usize, G: i32): usize {
  const offsets = f.offsets, sums = f.inputSums;
  const k = (first - load<i32>(offsets + bytes(f.from))) & (SCRATCH_ROWS - 1);
  if (!k) {
    const rows = min(SCRATCH_ROWS, load<i32>(offsets + bytes(f.to)) - first);
    product(sums, G, 0, 0, inputAt(row, f.C), rowLength(f.C, f.F), f.packedInput, rows, G, f.C);
  }
  return sums + bytes(k * G);
}
