import { addScaled } from "../math/elementwise";
import { bytes, loadTail, sumLanes } from "../math/lanes";

/**
 * Products with a matrix of one column, as in a dense layer with one unit: panels of eight columns would waste seven.
 *
 * y    [rows]     out     assigned: x·w + bias
 * x    [rows, C]  in
 * w    [C]        in
 * bias [1]        in      pointer 0 for none
 */
export function columnForward(y: usize, x: usize, w: usize, bias: usize, rows: i32, C: i32): void {
  const b: f32 = bias ? f32.load(bias) : 0;
  const whole = bytes(C & ~3), rest = C & 3;
  for (let r = 0; r < rows; r++, x += bytes(C)) {
    let sum = f32x4.mul(loadTail(x + whole, rest), loadTail(w + whole, rest));
    for (let j: usize = 0; j < whole; j += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(x + j), v128.load(w + j)));
    f32.store(y + bytes(r), b + sumLanes(sum));
  }
}

/**
 * dx  [rows, C]  in/out  accumulated: dy·w
 * dy  [rows]     in
 * w   [C]        in
 */
export function columnInputGradient(dx: usize, dy: usize, w: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++, dx += bytes(C)) addScaled(dx, w, f32.load(dy + bytes(r)), C);
}

/**
 * dw  [C]        in/out  accumulated: the sum over rows of dy·x
 * x   [rows, C]  in
 * dy  [rows]     in
 */
export function columnWeightGradient(dw: usize, x: usize, dy: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++, x += bytes(C)) addScaled(dw, x, f32.load(dy + bytes(r)), C);
}
