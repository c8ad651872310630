import { flushTiny } from "../../math/lanes";
import { multiplyAdd } from "../../math/multiplyAdd";

/**
 * The micro-kernel of what an mLSTM's matrices take part in: a tile of 4 rows by 8 columns in accumulators over the
 * whole sum, as in matmul/packedTile.ts. One pointer serves the four rows of a, which lie side by side: four would cost
 * as many instructions as the loads do.
 */

/**
 * y = aᵀ·b, or with `adds` y = scale·y + aᵀ·b; there, what is tiny becomes 0
 *
 * y      [rows, 8]  out, with `adds` in/out  row stride yRow bytes; rows in 1..4
 * scale  [4]        in   of each row, or one for all if scaleRow is 0 and not 4
 * a      [K, 4]     in   row stride aRow bytes
 * b      [K, 8]     in   row stride bRow bytes
 * adds   known to the compiler
 */
// @ts-ignore: decorator
@inline
export function tile(
  y: usize, yRow: usize, scale: usize, scaleRow: usize, a: usize, aRow: usize, b: usize, bRow: usize,
  rows: i32, K: i32, adds: bool,
): void {
  const zero = f32x4.splat(0), end = b + <usize>K * bRow;
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  for (; b < end; a += aRow, b += bRow) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
  }
  const y1 = y + yRow, y2 = y1 + yRow, third = scale + 2 * scaleRow;
  put8(y, scale, c00, c01, adds);
  if (rows > 1) put8(y1, scale + scaleRow, c10, c11, adds);
  if (rows > 2) put8(y2, third, c20, c21, adds);
  if (rows > 3) put8(y2 + yRow, third + scaleRow, c30, c31, adds);
}

// @ts-ignore: decorator
@inline
function put8(y: usize, scale: usize, low: v128, high: v128, adds: bool): void {
  if (adds) {
    const f = v128.load32_splat(scale);
    low = flushTiny(multiplyAdd(f, v128.load(y), low));
    high = flushTiny(multiplyAdd(f, v128.load(y, 16), high));
  }
  v128.store(y, low);
  v128.store(y, high, 16);
}
