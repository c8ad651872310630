import { bytes } from "../math/lanes";
import { multiplyAdd } from "../math/multiplyAdd";
import { SCRATCH_STEPS, sumsOfTile } from "./scratch";

/**
 * What the micro-kernels share, and the one for half a panel. The full tile is in packedTile.ts.
 *
 * Every element of a product is one sum over k in rising order, in blocks of K_BLOCK that each start from 0. Tiles,
 * tails and ranges never change that order, so results have the same bits however the work is cut.
 */

/** Steps of a sum that one pass of the micro-kernel takes: longer sums would not pay for themselves. */
export const K_BLOCK: i32 = SCRATCH_STEPS;

/** Eight columns of a row of a tile: c = start + (low, high). */
// @ts-ignore: decorator
@inline
export function addAndStore(c: usize, start: usize, low: v128, high: v128): void {
  if (start) {
    low = f32x4.add(v128.load(start), low);
    high = f32x4.add(v128.load(start, 16), high);
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/** The same of a row that ends after `columns` (1..8). */
// @ts-ignore: decorator
@inline
export function addAndStoreLast(c: usize, start: usize, low: v128, high: v128, columns: i32): void {
  if (columns == 8) return addAndStore(c, start, low, high);
  const sums = sumsOfTile();
  v128.store(sums, low);
  v128.store(sums, high, 16);
  addAndStorePart(c, 0, start, 0, sums, 0, 1, columns);
}

/**
 * A tile that is not whole: c = start + sums, for its first rows and columns. The sums stand in memory: SpiderMonkey and JavaScriptCore keep
 * what is needed after a call in memory all the time, also in the loop before it, which then takes three times as long.
 *
 * sums  [rows, columns]  in  row stride sumsStride bytes
 */
export function addAndStorePart(
  c: usize, cStride: usize, start: usize, startStride: usize, sums: usize, sumsStride: usize, rows: i32, columns: i32,
): void {
  const whole = bytes(columns & ~3), end = bytes(columns);
  for (; rows > 0; rows--, c += cStride, sums += sumsStride) {
    let n: usize = 0;
    for (; n < whole; n += 16) {
      const v = v128.load(sums + n);
      v128.store(c + n, start ? f32x4.add(v128.load(start + n), v) : v);
    }
    for (; n < end; n += 4) {
      const x = f32.load(sums + n);
      f32.store(c + n, start ? f32.load(start + n) + x : x);
    }
    if (start) start += startStride;
  }
}

/**
 * The first half of a panel, at most four columns, for M rows: c = start + a·b, in tiles of 6 rows by 4 columns. A product
 * whose columns end there does not compute the other half.
 *
 * c      [M, columns]  out  assigned; row stride cStride bytes; may be the same as start
 * start  [M, columns]  in   row stride startStride bytes; 0 for none
 * a      [M, K]        in   row stride aRow bytes
 * b      [K, 8]        in   one panel
 * A tile that reaches past M computes its last row again, and drops the copies.
 */
// @ts-ignore: decorator
@inline
export function halfPanelProduct(
  c: usize, cStride: usize, start: usize, startStride: usize,
  a: usize, aRow: usize, b: usize, M: i32, columns: i32, K: i32,
): void {
  const last = M - 1;
  const end = b + (<usize>K << 5);
  const zero = f32x4.splat(0);
  const fromStride = start ? startStride : 0;
  let to = c, from = start;
  for (let m = 0; m < M; m += 6) {
    let a0 = a + <usize>m * aRow;
    let a1 = m < last ? a0 + aRow : a0, a2 = m + 1 < last ? a1 + aRow : a1, a3 = m + 2 < last ? a2 + aRow : a2;
    let a4 = m + 3 < last ? a3 + aRow : a3, a5 = m + 4 < last ? a4 + aRow : a4;
    let c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero;
    for (let p = b; p < end; p += 32) {
      const v = v128.load(p);
      c0 = multiplyAdd(v128.load32_splat(a0), v, c0);
      c1 = multiplyAdd(v128.load32_splat(a1), v, c1);
      c2 = multiplyAdd(v128.load32_splat(a2), v, c2);
      c3 = multiplyAdd(v128.load32_splat(a3), v, c3);
      c4 = multiplyAdd(v128.load32_splat(a4), v, c4);
      c5 = multiplyAdd(v128.load32_splat(a5), v, c5);
      a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; a5 += 4;
    }
    const sums = sumsOfTile();
    v128.store(sums, c0);
    v128.store(sums, c1, 16);
    v128.store(sums, c2, 32);
    v128.store(sums, c3, 48);
    v128.store(sums, c4, 64);
    v128.store(sums, c5, 80);
    addAndStorePart(to, cStride, from, fromStride, sums, 16, min(6, M - m), columns);
    to += 6 * cStride;
    from += 6 * fromStride;
  }
}
