import { addScaled } from "../math/elementwise";
import { bytes } from "../math/lanes";

/**
 * Makes the rows of a matrix orthonormal, in place, by Gram-Schmidt done twice. With normal random numbers in, the
 * result is a uniformly random orthogonal matrix, with the signs that a QR decomposition with a positive diagonal gives.
 *
 * x  [rows, columns]  in/out  rows <= columns
 */
export function orthogonalizeRows(x: usize, rows: i32, columns: i32): void {
  const row = bytes(columns);
  for (let r = 0; r < rows; r++) {
    const current = x + <usize>r * row;
    for (let pass = 0; pass < 2; pass++) {
      for (let p = 0; p < r; p++) {
        const other = x + <usize>p * row;
        addScaled(current, other, -<f32>dot(current, other, columns), columns);
      }
    }
    const inverse = <f32>(1 / sqrt<f64>(dot(current, current, columns)));
    for (let j: usize = 0; j < row; j += 4) f32.store(current + j, f32.load(current + j) * inverse);
  }
}

function dot(x: usize, y: usize, n: i32): f64 {
  let low = f64x2.splat(0), high = low;
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) {
    const v = f32x4.mul(v128.load(x + i), v128.load(y + i));
    low = f64x2.add(low, f64x2.promote_low_f32x4(v));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0)));
  }
  const pair = f64x2.add(low, high);
  let sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  for (let i = whole; i < bytes(n); i += 4) sum += <f64>f32.load(x + i) * <f64>f32.load(y + i);
  return sum;
}
