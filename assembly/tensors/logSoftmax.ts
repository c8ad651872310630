import { exp4 } from "../math/exp";
import { bytes, loadTail, storeTail } from "../math/lanes";
import { ln } from "../math/ln";
import { expRow, rowMax } from "../math/softmax";

/**
 * y = x - ln Σ e^x, over rows; exact for large x too.
 *
 * y  [rows, V]  out  assigned; not x
 * x  [rows, V]  in
 */
export function logSoftmaxForward(y: usize, x: usize, rows: i32, V: i32): void {
  const row = bytes(V);
  for (let r = 0; r < rows; r++, x += row, y += row) {
    const largest = rowMax(x, V);
    const sum = <f32>ln(<f64>expRow(y, x, largest, V));
    for (let j: usize = 0; j < row; j += 4) f32.store(y + j, f32.load(x + j) - largest - sum);
  }
}

/**
 * dx  [rows, V]  in/out  accumulated: dy - e^y·sum(dy)
 * dy  [rows, V]  in
 * y   [rows, V]  in      the output of logSoftmaxForward
 */
export function logSoftmaxBackward(dx: usize, dy: usize, y: usize, rows: i32, V: i32): void {
  const row = bytes(V), whole = bytes(V & ~3), rest = V & 3;
  for (let r = 0; r < rows; r++, dx += row, dy += row, y += row) {
    let total: f64 = 0;
    for (let j: usize = 0; j < row; j += 4) total += <f64>f32.load(dy + j);
    const sum = f32x4.splat(<f32>total);
    for (let j: usize = 0; j < whole; j += 16) {
      const d = f32x4.sub(v128.load(dy + j), f32x4.mul(exp4(v128.load(y + j)), sum));
      v128.store(dx + j, f32x4.add(v128.load(dx + j), d));
    }
    const d = f32x4.sub(loadTail(dy + whole, rest), f32x4.mul(exp4(loadTail(y + whole, rest)), sum));
    storeTail(dx + whole, f32x4.add(loadTail(dx + whole, rest), d), rest);
  }
}
