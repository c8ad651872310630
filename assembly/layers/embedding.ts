import { bytes } from "../math/lanes";
import { add } from "../math/elementwise";

/**
 * y      [rows, C]         out  assigned: row ids[r] of the table
 * ids    [rows] of i32     in   0 <= id < V, checked by the caller
 * table  [V, C]            in
 */
export function embeddingForward(y: usize, ids: usize, table: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(y + bytes(r * C), table + bytes(load<i32>(ids + bytes(r)) * C), bytes(C));
  }
}

/**
 * dTable  [V, C]         in/out  accumulated
 * dy      [rows, C]      in
 * ids     [rows] of i32  in
 */
export function embeddingBackward(dTable: usize, dy: usize, ids: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++) add(dTable + bytes(load<i32>(ids + bytes(r)) * C), dy + bytes(r * C), C);
}

/**
 * The index of the first id outside 0..V-1, or -1.
 *
 * ids  [n] of i32  in
 */
export function firstIdOutside(ids: usize, V: i32, n: i32): i32 {
  for (let i = 0; i < n; i++) if (load<u32>(ids + bytes(i)) >= <u32>V) return i;
  return -1;
}
