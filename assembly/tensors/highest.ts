import { add } from "../math/elementwise";
import { bytes, loadTail, storeTail } from "../math/lanes";

/**
 * The largest over an axis; NaN where one is NaN.
 *
 * y  [outer, inner]     out  assigned
 * x  [outer, K, inner]  in   K >= 1
 */
export function highestForward(y: usize, x: usize, outer: i32, K: i32, inner: i32): void {
  const row = bytes(inner), whole = bytes(inner & ~3), rest = inner & 3;
  for (let o = 0; o < outer; o++, y += row) {
    memory.copy(y, x, row);
    x += row;
    for (let k = 1; k < K; k++, x += row) {
      for (let j: usize = 0; j < whole; j += 16) v128.store(y + j, f32x4.max(v128.load(y + j), v128.load(x + j)));
      if (rest) storeTail(y + whole, f32x4.max(loadTail(y + whole, rest), loadTail(x + whole, rest)), rest);
    }
  }
}

/**
 * dx  [outer, K, inner]  in/out  accumulated; those that are equally large share evenly
 * dy  [outer, inner]     in
 * x, y                   in      as in highestForward
 */
export function highestBackward(dx: usize, dy: usize, x: usize, y: usize, outer: i32, K: i32, inner: i32): void {
  const row = bytes(inner);
  for (let o = 0; o < outer; o++, dx += bytes(K * inner), x += bytes(K * inner), y += row, dy += row) {
    for (let j: usize = 0; j < row; j += 4) {
      const top = f32.load(y + j), last = bytes(K * inner);
      let count: f32 = 0;
      for (let k = j; k < last; k += row) if (f32.load(x + k) == top) count++;
      const share = f32.load(dy + j) / count;
      for (let k = j; k < last; k += row) if (f32.load(x + k) == top) f32.store(dx + k, f32.load(dx + k) + share);
    }
  }
}

/**
 * The largest so far, step by step of a stream.
 *
 * y      [C]  out     assigned
 * top    [C]  in/out  the largest of the steps before
 * count  [1]  in/out  how many those were, in float32
 * x      [C]  in
 */
export function highestStep(y: usize, top: usize, count: usize, x: usize, C: i32): void {
  const steps = f32.load(count);
  if (steps == 0) memory.copy(top, x, bytes(C));
  else for (let j: usize = 0; j < bytes(C); j += 4) f32.store(top + j, max(f32.load(top + j), f32.load(x + j)));
  f32.store(count, steps + 1);
  memory.copy(y, top, bytes(C));
}

/**
 * The mean over the real steps of each sequence; zeros where none is real.
 *
 * y     [N, C]         out  assigned
 * x     [N, T, C]      in
 * mask  [N, T] of i32  in   pointer 0: all are real
 */
export function stepMeanForward(y: usize, x: usize, mask: usize, N: i32, T: i32, C: i32): void {
  for (let n = 0; n < N; n++, y += bytes(C)) {
    memory.fill(y, 0, bytes(C));
    let count = 0;
    for (let t = 0; t < T; t++, x += bytes(C)) {
      if (mask && load<i32>(mask + bytes(n * T + t)) == 0) continue;
      add(y, x, C);
      count++;
    }
    divide(y, y, <f32>max(count, 1), C);
  }
}

// @ts-ignore: decorator
@inline
function divide(y: usize, x: usize, divisor: f32, C: i32): void {
  for (let j: usize = 0; j < bytes(C); j += 4) f32.store(y + j, f32.load(x + j) / divisor);
}

/**
 * dx    [N, T, C]  in/out  accumulated
 * dy    [N, C]     in
 * mask             in      as in stepMeanForward
 */
export function stepMeanBackward(dx: usize, dy: usize, mask: usize, N: i32, T: i32, C: i32): void {
  for (let n = 0; n < N; n++, dy += bytes(C), dx += bytes(T * C)) {
    let count = T;
    for (let t = 0; mask && t < T; t++) if (load<i32>(mask + bytes(n * T + t)) == 0) count--;
    for (let t = 0; t < T; t++) {
      if (mask && load<i32>(mask + bytes(n * T + t)) == 0) continue;
      const d = dx + bytes(t * C);
      for (let j: usize = 0; j < bytes(C); j += 4) f32.store(d + j, f32.load(d + j) + f32.load(dy + j) / <f32>count);
    }
  }
}

/**
 * The same, step by step of a stream.
 *
 * y      [C]         out     assigned
 * sum    [C]         in/out  of the real steps before
 * count  [1]         in/out  how many those were, in float32
 * x      [C]         in
 * mask   [1] of i32  in      0 if the step is hidden; pointer 0: it is not
 */
export function stepMeanStep(y: usize, sum: usize, count: usize, x: usize, mask: usize, C: i32): void {
  if (mask == 0 || load<i32>(mask) != 0) {
    add(sum, x, C);
    f32.store(count, f32.load(count) + 1);
  }
  divide(y, sum, max(f32.load(count), 1), C);
}
