import { bytes } from "../math/lanes";

/** What the loss of a row counts: its weight, or 1 where there are no weights (a product with 1 changes no bit). */
// @ts-ignore: decorator
@inline
export function weightOf(rowWeights: usize, row: i32): f64 {
  return rowWeights ? <f64>f32.load(rowWeights + bytes(row)) : 1;
}
