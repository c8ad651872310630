import { bytes, loadTail, storeTail } from "./lanes";

/**
 * The sum over rows of a·b, number by number: the gradient of weights that multiply unit by unit, peepholes of an LSTM and the
 * recurrent weights of an IndRNN. A range of numbers is computed by offsetting y, a and b.
 *
 * y  [n]        in/out  accumulated
 * a  [rows, n]  in      row stride aStride elements; readable in whole vectors
 * b  [rows, n]  in      row stride bStride elements; readable in whole vectors
 */
export function sumOfRowProducts(y: usize, a: usize, aStride: i32, b: usize, bStride: i32, rows: i32, n: i32): void {
  for (let j = 0; j < n; j += 4) {
    let p = a + bytes(j), q = b + bytes(j);
    let sum = f32x4.splat(0);
    for (let r = 0; r < rows; r++, p += bytes(aStride), q += bytes(bStride)) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(p), v128.load(q)));
    }
    const at = y + bytes(j), rest = n - j;
    if (rest >= 4) v128.store(at, f32x4.add(v128.load(at), sum));
    else storeTail(at, f32x4.add(loadTail(at, rest), sum), rest);
  }
}
