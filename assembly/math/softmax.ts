import { exp4 } from "./exp";
import { bytes, flushBelow, loadTail, storeTail, sumLanes } from "./lanes";

/** The largest of V floats; V >= 1. */
// @ts-ignore: decorator
@inline
export function rowMax(x: usize, V: i32): f32 {
  let largest: f32 = f32.load(x);
  for (let j = 1; j < V; j++) largest = max(largest, f32.load(x + bytes(j)));
  return largest;
}

/** Bytes of a row whose terms are summed in float32; sums of such pieces are added in double precision. */
const PIECE: usize = 4096;

/** y[j] = e^(x[j] - shift) over a row; returns their sum. Terms below e^-87.3 are 0. */
// @ts-ignore: decorator
@inline
export function expRow(y: usize, x: usize, shift: f32, V: i32): f32 {
  const offset = f32x4.splat(shift);
  const whole = bytes(V & ~3);
  let pieces: f64 = 0;
  for (let j: usize = 0; j < whole;) {
    const end = min(j + PIECE, whole);
    let sum = f32x4.splat(0);
    for (; j < end; j += 16) {
      const e = exp4(f32x4.sub(v128.load(x + j), offset));
      sum = f32x4.add(sum, e);
      v128.store(y + j, e);
    }
    pieces += sumLanes(sum);
  }
  let total = <f32>pieces;
  const rest = V & 3;
  if (rest) {
    storeTail(y + whole, exp4(f32x4.sub(loadTail(x + whole, rest), offset)), rest);
    for (let j = 0; j < rest; j++) total += f32.load(y + whole + bytes(j));
  }
  return total;
}

// @ts-ignore: decorator
@inline
function normalized(e: v128, sum: v128): v128 {
  return flushBelow(f32x4.div(e, sum), 1.17549435e-38);
}

/**
 * Softmax over the last axis, shifted by the row's largest value. Relative error of a probability at most
 * 1e-6 + 2^-24·(largest - x); subnormal ones are 0.
 *
 * y  [rows, V]  out  assigned; may be the same buffer as x
 * x  [rows, V]  in
 */
export function softmaxForward(y: usize, x: usize, rows: i32, V: i32): void {
  for (let r = 0; r < rows; r++, x += bytes(V), y += bytes(V)) {
    const sum = expRow(y, x, rowMax(x, V), V);
    const divisor = f32x4.splat(sum);
    const whole = bytes(V & ~3), rest = V & 3;
    for (let j: usize = 0; j < whole; j += 16) v128.store(y + j, normalized(v128.load(y + j), divisor));
    storeTail(y + whole, normalized(loadTail(y + whole, rest), divisor), rest);
  }
}

/**
 * dx  [rows, V]  in/out  accumulated: y·(dy - sum(dy·y))
 * dy  [rows, V]  in
 * y   [rows, V]  in      the output of softmaxForward
 */
export function softmaxBackward(dx: usize, dy: usize, y: usize, rows: i32, V: i32): void {
  for (let r = 0; r < rows; r++, dx += bytes(V), dy += bytes(V), y += bytes(V)) {
    let dot: f64 = 0;
    for (let j = 0; j < V; j++) dot += <f64>f32.load(dy + bytes(j)) * <f64>f32.load(y + bytes(j));
    for (let j = 0; j < V; j++) {
      const d = <f32>(<f64>f32.load(y + bytes(j)) * (<f64>f32.load(dy + bytes(j)) - dot));
      f32.store(dx + bytes(j), f32.load(dx + bytes(j)) + d);
    }
  }
}
