import { add } from "../math/elementwise";
import { bytes } from "../math/lanes";

/**
 * A step is padding where all its features equal `value`; it comes out as zeros.
 *
 * y     [rows, C]      out  assigned; may be the same buffer as x
 * mask  [rows] of i32  out  assigned: 1 for a real step, 0 for padding
 * x     [rows, C]      in
 */
export function maskingForward(y: usize, mask: usize, x: usize, value: f32, rows: i32, C: i32): void {
  const row = bytes(C);
  for (let r = 0; r < rows; r++, y += row, x += row) {
    let j: usize = 0;
    while (j < row && load<f32>(x + j) == value) j += 4;
    const real = j < row;
    store<i32>(mask + bytes(r), i32(real));
    if (real) memory.copy(y, x, row);
    else memory.fill(y, 0, row);
  }
}

/**
 * dx    [rows, C]      in/out  accumulated, nothing where a step is padding
 * dy    [rows, C]      in
 * mask  [rows] of i32  in      as maskingForward makes it
 */
export function maskingBackward(dx: usize, dy: usize, mask: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++) if (load<i32>(mask + bytes(r))) add(dx + bytes(r * C), dy + bytes(r * C), C);
}

/**
 * mask  [n] of i32  out  assigned: 0 where an id is 0, else 1
 * ids   [n] of i32  in
 */
export function maskZeros(mask: usize, ids: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<i32>(mask + bytes(i), i32(load<i32>(ids + bytes(i)) != 0));
}

/**
 * mask   [n] of i32  in/out  0 where either mask is 0
 * other  [n] of i32  in
 */
export function intersectMasks(mask: usize, other: usize, n: i32): void {
  for (let i = 0; i < n; i++) if (!load<i32>(other + bytes(i))) store<i32>(mask + bytes(i), 0);
}

/**
 * mask  [n] of i32  out  assigned: 0 where both masks are 0; may be the same buffer as either
 * a, b  [n] of i32  in
 */
export function uniteMasks(mask: usize, a: usize, b: usize, n: i32): void {
  for (let i = 0; i < n; i++) store<i32>(mask + bytes(i), load<i32>(a + bytes(i)) | load<i32>(b + bytes(i)));
}
