import { add } from "../math/elementwise";
import { bytes } from "../math/lanes";

/**
 * How many of a mask's steps are real.
 *
 * mask  [n] of i32  in
 */
export function countRows(mask: usize, n: i32): i32 {
  let count = 0;
  for (let i = 0; i < n; i++) count += i32(load<i32>(mask + bytes(i)) != 0);
  return count;
}

/**
 * The rows whose mask is not 0, one after the other. Numbers may be f32 or i32.
 *
 * y     [countRows(mask), C]  out  assigned
 * x     [rows, C]             in
 * mask  [rows] of i32         in
 */
export function selectRowsForward(y: usize, x: usize, mask: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++) {
    if (!load<i32>(mask + bytes(r))) continue;
    memory.copy(y, x + bytes(r * C), bytes(C));
    y += bytes(C);
  }
}

/**
 * dx    [rows, C]             in/out  accumulated, nothing where the mask is 0
 * dy    [countRows(mask), C]  in
 * mask  [rows] of i32         in
 */
export function selectRowsBackward(dx: usize, dy: usize, mask: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++) {
    if (!load<i32>(mask + bytes(r))) continue;
    add(dx + bytes(r * C), dy, C);
    dy += bytes(C);
  }
}
