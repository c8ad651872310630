import { bytes, padded } from "../../math/lanes";

/** The slots of a row of what an mLSTM saves, P each: see head.ts. */
export const READ: usize = 0;
export const NORM: usize = 1;
/** Where the numbers by head are, kinds of padded(heads) one after the other: forget gates first */
const BY_HEAD: usize = 2;
export const SLOTS: usize = 8;

/** Kinds of numbers by head. */
export const FORGET: usize = 0;
export const ADD: usize = 1;
export const PRODUCT: usize = 2;
export const FLOOR: usize = 3;
export const SLOPE: usize = 4;
export const INVERSE: usize = 5;

/** Where the numbers of the first head are in a row: its FORGET. */
// @ts-ignore: decorator
@inline
export function byHead(saved: usize, H: i32): usize {
  return saved + BY_HEAD * bytes(padded(H));
}

/** Bytes between two kinds of numbers by head. */
// @ts-ignore: decorator
@inline
export function kindOf(heads: i32): usize {
  return bytes(padded(heads));
}

/** Rows between a step and the one `s` steps later, for each sequence that still runs. */
// @ts-ignore: decorator
@inline
export function rowsUntil(offsets: usize, s: i32): i32 {
  return s ? load<i32>(offsets + bytes(s)) - load<i32>(offsets) : 0;
}
