import { add } from "../math/elementwise";
import { bytes } from "../math/lanes";

/**
 * Row by row one matrix or the other: how a mask lets a recurrent state stand still.
 *
 * y       [rows, columns]  out  assigned; may be the same buffer as a or b
 * a       [rows, columns]  in   the rows where mask is not 0
 * b       [rows, columns]  in   the others
 * mask    [rows] of i32    in
 */
export function chooseRowsForward(y: usize, a: usize, b: usize, mask: usize, rows: i32, columns: i32): void {
  const row = bytes(columns);
  for (let r = 0; r < rows; r++) {
    const at = <usize>r * row;
    memory.copy(y + at, (load<i32>(mask + bytes(r)) ? a : b) + at, row);
  }
}

/**
 * da    [rows, columns]  in/out  accumulated; pointer 0 if not wanted
 * db    [rows, columns]  in/out  likewise
 * dy    [rows, columns]  in
 * mask  [rows] of i32    in
 */
export function chooseRowsBackward(da: usize, db: usize, dy: usize, mask: usize, rows: i32, columns: i32): void {
  const row = bytes(columns);
  for (let r = 0; r < rows; r++) {
    const d = load<i32>(mask + bytes(r)) ? da : db;
    if (d) add(d + <usize>r * row, dy + <usize>r * row, columns);
  }
}
