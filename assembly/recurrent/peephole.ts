import { bytes, loadTail, storeTail } from "../math/lanes";

/**
 * The gradient of weights that multiply a state unit by unit: the sum over rows of dz·c.
 *
 * d   [n]        in/out  accumulated
 * dz  [rows, n]  in      row stride dzStride elements; readable in whole vectors
 * c   [rows, n]  in      row stride cStride elements; readable in whole vectors
 */
export function peepholeGradient(d: usize, dz: usize, dzStride: i32, c: usize, cStride: i32, rows: i32, n: i32): void {
  for (let j = 0; j < n; j += 4) {
    let p = dz + bytes(j), q = c + bytes(j);
    let sum = f32x4.splat(0);
    for (let r = 0; r < rows; r++, p += bytes(dzStride), q += bytes(cStride)) {
      sum = f32x4.add(sum, f32x4.mul(v128.load(p), v128.load(q)));
    }
    const at = d + bytes(j), rest = n - j;
    if (rest >= 4) v128.store(at, f32x4.add(v128.load(at), sum));
    else storeTail(at, f32x4.add(loadTail(at, rest), sum), rest);
  }
}
