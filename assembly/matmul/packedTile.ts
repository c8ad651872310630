import { bytes } from "../math/lanes";
import { multiplyAdd } from "../math/multiplyAdd";
import { storeTransposed } from "../math/transpose";
import { sumsOfTile } from "./scratch";
import { addAndStore, addAndStorePart } from "./tile";

/**
 * The micro-kernel: a tile of 4 rows by 8 columns held in eight accumulators over the whole sum.
 * Per step of the sum: two loads of B, four splats of A, eight multiplies and eight adds, which keeps both multipliers and
 * both adders of a 128-bit core busy. More loads in the loop, or a second step by hand, makes V8 spill accumulators. The
 * rows of A lie in tiles of four, [K][4], so that one pointer serves all of them: with four pointers the loop has three
 * instructions more, and is 5 % slower.
 *
 * c      [rows, columns]  out  start + a·b; row stride cStride bytes; may be the same as start
 * start  [rows, columns]  in   row stride startStride bytes; 0 for none
 * a      [K, 4]           in   rows past `rows` are dropped
 * b      [K, 8]           in   one panel
 * rows in 1..4, columns in 1..8
 */
// @ts-ignore: decorator
@inline
export function tileProduct(
  c: usize, cStride: usize, start: usize, startStride: usize, a: usize, b: usize, rows: i32, columns: i32, K: i32,
): void {
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
  if (rows == 4 && columns == 8) {
    addAndStore(c, start, c00, c01);
    addAndStore(c += cStride, start && (start += startStride), c10, c11);
    addAndStore(c += cStride, start && (start += startStride), c20, c21);
    addAndStore(c + cStride, start && start + startStride, c30, c31);
    return;
  }
  const sums = sumsOfTile();
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c10, 32);
  v128.store(sums, c11, 48);
  v128.store(sums, c20, 64);
  v128.store(sums, c21, 80);
  v128.store(sums, c30, 96);
  v128.store(sums, c31, 112);
  addAndStorePart(c, cStride, start, startStride, sums, 32, rows, columns);
}

/**
 * The same for a tile of 2 rows by 16 columns, in two panels side by side: as many accumulators and loads, half the splats. JavaScriptCore
 * makes a splat of a number with an instruction of the units that multiply and add, and is a tenth faster with this one; V8
 * loads and splats in one, and is 2 to 4 % slower.
 *
 * a  [K, 4]  in  at the first of the two rows
 * b  two panels [K, 8], `panel` bytes apart
 * rows in 1..2, columns in 9..16
 */
// @ts-ignore: decorator
@inline
export function wideTileProduct(
  c: usize, cStride: usize, start: usize, startStride: usize, a: usize, b: usize, panel: usize, rows: i32, columns: i32, K: i32,
): void {
  const end = b + (<usize>K << 5);
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero, c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  for (let p = b, q = b + panel; p < end; p += 32, q += 32, a += 16) {
    const s = v128.load32_splat(a), t = v128.load32_splat(a, 4);
    let v = v128.load(p);
    c00 = multiplyAdd(s, v, c00);
    c10 = multiplyAdd(t, v, c10);
    v = v128.load(p, 16);
    c01 = multiplyAdd(s, v, c01);
    c11 = multiplyAdd(t, v, c11);
    v = v128.load(q);
    c02 = multiplyAdd(s, v, c02);
    c12 = multiplyAdd(t, v, c12);
    v = v128.load(q, 16);
    c03 = multiplyAdd(s, v, c03);
    c13 = multiplyAdd(t, v, c13);
  }
  if (rows == 2 && columns == 16) {
    addAndStore(c, start, c00, c01);
    addAndStore(c + 32, start && start + 32, c02, c03);
    c += cStride;
    if (start) start += startStride;
    addAndStore(c, start, c10, c11);
    addAndStore(c + 32, start && start + 32, c12, c13);
    return;
  }
  const sums = sumsOfTile();
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c02, 32);
  v128.store(sums, c03, 48);
  v128.store(sums, c10, 64);
  v128.store(sums, c11, 80);
  v128.store(sums, c12, 96);
  v128.store(sums, c13, 112);
  addAndStorePart(c, cStride, start, startStride, sums, 64, rows, columns);
}

/**
 * The first one or two columns of a panel, for up to 16 rows: where a product ends in so few, vectors hold four rows and not four
 * columns, most of which would be empty. Each sum is the same, in the same order.
 *
 * a  [rows / 4][K, 4]  in  tiles, one after the other
 * b  [K, 8]            in  one panel
 * rows in 1..16, columns in 1..2
 */
// @ts-ignore: decorator
@inline
export function fewColumnsProduct(
  c: usize, cStride: usize, start: usize, startStride: usize, a: usize, b: usize, rows: i32, columns: i32, K: i32,
): void {
  const tile = bytes(K * 4), end = b + (<usize>K << 5), zero = f32x4.splat(0);
  let a1 = rows > 4 ? a + tile : a, a2 = rows > 8 ? a1 + tile : a, a3 = rows > 12 ? a2 + tile : a;
  let c00 = zero, c01 = zero, c02 = zero, c03 = zero, c10 = zero, c11 = zero, c12 = zero, c13 = zero;
  for (let p = b; p < end; p += 32) {
    const s = v128.load32_splat(p), t = v128.load32_splat(p, 4);
    let v = v128.load(a);
    c00 = multiplyAdd(s, v, c00);
    c10 = multiplyAdd(t, v, c10);
    v = v128.load(a1);
    c01 = multiplyAdd(s, v, c01);
    c11 = multiplyAdd(t, v, c11);
    v = v128.load(a2);
    c02 = multiplyAdd(s, v, c02);
    c12 = multiplyAdd(t, v, c12);
    v = v128.load(a3);
    c03 = multiplyAdd(s, v, c03);
    c13 = multiplyAdd(t, v, c13);
    a += 16;
    a1 += 16;
    a2 += 16;
    a3 += 16;
  }
  const sums = sumsOfTile();
  v128.store(sums, c00);
  v128.store(sums, c01, 16);
  v128.store(sums, c02, 32);
  v128.store(sums, c03, 48);
  v128.store(sums, c10, 64);
  v128.store(sums, c11, 80);
  v128.store(sums, c12, 96);
  v128.store(sums, c13, 112);
  addAndStoreColumns(c, cStride, start, startStride, sums, rows, columns);
}

/** Rows of one or two columns: c = start + sums, which stand column by column. */
function addAndStoreColumns(
  c: usize, cStride: usize, start: usize, startStride: usize, sums: usize, rows: i32, columns: i32,
): void {
  for (; rows > 0; rows--, c += cStride, sums += 4) {
    const x = f32.load(sums), y = f32.load(sums, 64);
    f32.store(c, start ? f32.load(start) + x : x);
    if (columns > 1) f32.store(c, start ? f32.load(start, 4) + y : y, 4);
    if (start) start += startStride;
  }
}

/**
 * packed  [K, 4]     out  assigned: four rows of a as tileProduct reads them; missing ones repeat the last
 * a       [rows, K]  in   row stride aRow bytes; rows in 1..4
 */
// @ts-ignore: decorator
@inline
export function packTile(packed: usize, a: usize, aRow: usize, rows: i32, K: i32): void {
  const a1 = rows > 1 ? a + aRow : a, a2 = rows > 2 ? a1 + aRow : a1, a3 = rows > 3 ? a2 + aRow : a2;
  const whole = bytes(K & ~3);
  let j: usize = 0;
  for (; j < whole; j += 16, packed += 64) {
    storeTransposed(packed, 16, v128.load(a + j), v128.load(a1 + j), v128.load(a2 + j), v128.load(a3 + j));
  }
  for (const end = bytes(K); j < end; j += 4, packed += 16) {
    f32.store(packed, f32.load(a + j));
    f32.store(packed, f32.load(a1 + j), 4);
    f32.store(packed, f32.load(a2 + j), 8);
    f32.store(packed, f32.load(a3 + j), 12);
  }
}
