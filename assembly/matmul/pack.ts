import { bytes } from "../math/lanes";
import { storeTransposed } from "../math/transpose";

/**
 * Packed matrices: the form in which the products read their right operand B [K, N]. Columns are grouped in panels of
 * eight, [ceil(N / 8)][K][8], missing columns are 0, so that the innermost loop reads memory straight through.
 * A group is half a panel: four columns.
 */

/** Columns in a panel. */
export const PANEL: i32 = 8;

/** N columns rounded up to whole panels. */
// @ts-ignore: decorator
@inline
export function wholePanels(N: i32): i32 {
  return (N + 7) & ~7;
}

/** Elements of a packed [K, N]; where they are more than memory has, the most that can be said, which nobody can allocate. */
export function packedSize(K: i32, N: i32): i32 {
  return <i32>min<i64>(<i64>wholePanels(N) * K, i32.MAX_VALUE);
}

/** Columns in a wide panel, the form for a single row: rowProductWide. */
export const WIDE_PANEL: i32 = 28;

/** Where group q (columns 4q..4q+3) of a packed matrix of K rows begins, in panels of `width` columns. */
// @ts-ignore: decorator
@inline
export function groupAt(packed: usize, q: i32, K: i32, width: i32 = PANEL): usize {
  const groups = width >> 2;
  return packed + bytes(q / groups * K * width + q % groups * 4);
}

/**
 * One group from the rows of a matrix.
 *
 * group  [K, 4]        out  assigned; row stride `width` elements
 * x      [K, columns]  in   row stride xStride elements; columns in 0..4, the rest of the group is 0
 */
// @ts-ignore: decorator
@inline
export function packGroup(group: usize, x: usize, xStride: i32, K: i32, columns: i32, width: i32 = PANEL): void {
  const step = bytes(xStride), row = bytes(width);
  if (columns == 4) {
    for (let k = 0; k < K; k++, group += row, x += step) v128.store(group, v128.load(x));
  } else {
    for (let k = 0; k < K; k++, group += row, x += step) {
      for (let j = 0; j < 4; j++) f32.store(group + bytes(j), j < columns ? f32.load(x + bytes(j)) : 0);
    }
  }
}

/**
 * Sixteen columns at once: each cache line of x is read once and not four times, which counts where rows are far apart.
 *
 * first   [K, 8]   out  assigned: a panel
 * second  [K, 8]   out  assigned: the next one
 * x       [K, 16]  in   row stride xStride elements
 */
// @ts-ignore: decorator
@inline
export function packTwoPanels(first: usize, second: usize, x: usize, xStride: i32, K: i32): void {
  const step = bytes(xStride);
  for (let k = 0; k < K; k++, first += 32, second += 32, x += step) {
    v128.store(first, v128.load(x));
    v128.store(first, v128.load(x, 16), 16);
    v128.store(second, v128.load(x, 32));
    v128.store(second, v128.load(x, 48), 16);
  }
}

/**
 * One group from four rows of a matrix: its transpose.
 *
 * group  [K, 4]     out  assigned; row stride 8 elements
 * x      [rows, K]  in   row stride xStride elements; rows in 0..4, the rest of the group is 0
 */
// @ts-ignore: decorator
@inline
export function packGroupTransposed(group: usize, x: usize, xStride: i32, K: i32, rows: i32): void {
  const step = bytes(xStride);
  let done = 0;
  if (rows == 4) {
    const x1 = x + step, x2 = x1 + step, x3 = x2 + step;
    done = K & ~3;
    for (let k: usize = 0, end = bytes(done); k < end; k += 16) {
      storeTransposed(group + k * 8, 32, v128.load(x + k), v128.load(x1 + k), v128.load(x2 + k), v128.load(x3 + k));
    }
  }
  for (let j = 0; j < 4; j++, x += step, group += 4) {
    for (let k = done; k < K; k++) f32.store(group + bytes(k * 8), j < rows ? f32.load(x + bytes(k)) : 0);
  }
}

/**
 * packed  [ceil(N / 8)][K][8]  out  assigned
 * x       [K, N]               in   row stride xStride elements
 */
export function pack(packed: usize, x: usize, xStride: i32, K: i32, N: i32): void {
  const groups = wholePanels(N) >> 2;
  let q = 0;
  for (; q * 4 + 16 <= N; q += 4) {
    packTwoPanels(groupAt(packed, q, K), groupAt(packed, q + 2, K), x + bytes(q * 4), xStride, K);
  }
  for (; q < groups; q++) {
    packGroup(groupAt(packed, q, K), x + bytes(q * 4), xStride, K, max(0, min(4, N - q * 4)));
  }
}

/**
 * packed  [ceil(N / 8)][K][8]  out  assigned: the transpose of x
 * x       [N, K]               in   row stride xStride elements
 */
export function packTransposed(packed: usize, x: usize, xStride: i32, K: i32, N: i32): void {
  const groups = wholePanels(N) >> 2;
  for (let q = 0; q < groups; q++) {
    packGroupTransposed(groupAt(packed, q, K), x + bytes(q * 4 * xStride), xStride, K, max(0, min(4, N - q * 4)));
  }
}
