import { bytes } from "../math/lanes";

/** The slots of a row of what an mLSTM saves, P each: see mLstmHead.ts. */
export const READ: usize = 0;
export const KEY: usize = 1;
export const NORM: usize = 2;
export const FORGET: usize = 3;
export const ADD: usize = 4;
export const PRODUCT: usize = 5;
export const FLOOR: usize = 6;
export const SLOTS: usize = 7;

/** Rows between a step and the one `s` steps later, for each sequence that still runs. */
// @ts-ignore: decorator
@inline
export function rowsUntil(offsets: usize, s: i32): i32 {
  return s ? load<i32>(offsets + bytes(s)) - load<i32>(offsets) : 0;
}
