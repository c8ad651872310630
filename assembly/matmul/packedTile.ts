import { multiplyAdd } from "../math/multiplyAdd";
import { addAndStore } from "./tile";

/**
 * The micro-kernel for an operand whose rows lie in tiles of four, [K][4]: one pointer serves all four rows, which leaves
 * the loop fewer instructions than tile.ts' panelProduct has. Sums are the same.
 *
 * c  [rows, columns]  in/out  accumulated; row stride cStride bytes; rows in 1..4, columns in 1..8
 * a  [K, 4]           in      rows past `rows` are dropped
 * b  [K, 8]           in      one panel
 */
// @ts-ignore: decorator
@inline
export function addPackedTile(c: usize, cStride: usize, a: usize, b: usize, rows: i32, columns: i32, K: i32): void {
  const end = b + (<usize>K << 5);
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero, c30 = zero, c31 = zero;
  for (let p = b; p < end; p += 32, a += 16) {
    const b0 = v128.load(p), b1 = v128.load(p, 16);
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
  addAndStore(c, c, c00, c01, columns);
  const c1 = c + cStride, c2 = c1 + cStride, c3 = c2 + cStride;
  if (rows > 1) addAndStore(c1, c1, c10, c11, columns);
  if (rows > 2) addAndStore(c2, c2, c20, c21, columns);
  if (rows > 3) addAndStore(c3, c3, c30, c31, columns);
}
