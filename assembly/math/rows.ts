import { add } from "./elementwise";
import { bytes, loadTail, storeTail } from "./lanes";

/** Rows of a matrix picked by an index: embeddings, batches sorted by length, steps that a mask leaves. */

// A loop of vectors: for short rows memory.copy costs more in its call than in its work.
// @ts-ignore: decorator
@inline
function copy(y: usize, x: usize, n: i32): void {
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, v128.load(x + i));
  if (n & 3) storeTail(y + whole, loadTail(x + whole, n & 3), n & 3);
}

/**
 * y      [rows, columns]  out  assigned: y[r] = x[index[r]]; row stride yStride elements
 * x      [.., columns]    in   row stride xStride elements
 * index  [rows] of i32    in
 */
export function gatherRows(y: usize, yStride: i32, x: usize, xStride: i32, index: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++, y += bytes(yStride)) copy(y, x + bytes(load<i32>(index + bytes(r)) * xStride), columns);
}

/**
 * pointer  [1] of i32    out  assigned: where row x[index] is
 * x        [.., stride]       only its place counts
 * index    [1] of i32    in
 */
export function pointToRow(pointer: usize, x: usize, stride: i32, index: usize): void {
  store<usize>(pointer, x + bytes(load<i32>(index) * stride));
}

/**
 * y      [rows, columns]  in/out  accumulated: y[r] += x[index[r]]; row stride yStride elements
 * x      [.., columns]    in      row stride xStride elements
 * index  [rows] of i32    in
 */
export function gatherAddRows(y: usize, yStride: i32, x: usize, xStride: i32, index: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++, y += bytes(yStride)) add(y, x + bytes(load<i32>(index + bytes(r)) * xStride), columns);
}

/**
 * y      [.., columns]    out  assigned: y[index[r]] = x[r]; row stride yStride elements
 * x      [rows, columns]  in   row stride xStride elements
 * index  [rows] of i32    in
 */
export function scatterRows(y: usize, yStride: i32, x: usize, xStride: i32, index: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++, x += bytes(xStride)) copy(y + bytes(load<i32>(index + bytes(r)) * yStride), x, columns);
}

/**
 * y      [.., columns]    in/out  accumulated: y[index[r]] += x[r], in the order of r; row stride yStride elements
 * x      [rows, columns]  in      row stride xStride elements
 * index  [rows] of i32    in
 */
export function scatterAddRows(y: usize, yStride: i32, x: usize, xStride: i32, index: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++, x += bytes(xStride)) add(y + bytes(load<i32>(index + bytes(r)) * yStride), x, columns);
}

/**
 * Sorts rows by the group they belong to, each group's rows in their order.
 *
 * starts  [groups + 1] of i32  out  group g has grouped[starts[g] .. starts[g + 1])
 * grouped [rows] of i32        out  numbers of rows
 * group   [rows] of i32        in   0 <= group < groups
 */
export function groupRows(starts: usize, grouped: usize, group: usize, rows: i32, groups: i32): void {
  memory.fill(starts, 0, bytes(groups + 1));
  for (let r = 0; r < rows; r++) {
    const count = starts + bytes(load<i32>(group + bytes(r)));
    store<i32>(count, load<i32>(count) + 1);
  }
  for (let g = 0, sum = 0; g <= groups; g++) {
    sum += load<i32>(starts + bytes(g));
    store<i32>(starts + bytes(g), sum);
  }
  // From the last row to the first, each group's end moves to its start.
  for (let r = rows - 1; r >= 0; r--) {
    const end = starts + bytes(load<i32>(group + bytes(r)));
    const place = load<i32>(end) - 1;
    store<i32>(end, place);
    store<i32>(grouped + bytes(place), r);
  }
}

/**
 * Sums of groups of rows.
 *
 * y       [groups, columns]    in/out  accumulated: y[g] += x[r] for group g's rows, in their order; row stride yStride elements
 * x       [rows, columns]      in      row stride xStride elements
 * starts, grouped              in      groupRows
 */
export function addGroups(
  y: usize, yStride: i32, x: usize, xStride: i32, starts: usize, grouped: usize, groups: i32, columns: i32,
): void {
  for (let g = 0; g < groups; g++, y += bytes(yStride)) {
    const end = grouped + bytes(load<i32>(starts + bytes(g), 4));
    for (let at = grouped + bytes(load<i32>(starts + bytes(g))); at < end; at += 4) {
      add(y, x + bytes(load<i32>(at) * xStride), columns);
    }
  }
}
