import { bytes } from "../math/lanes";

/** Batch normalization (Ioffe and Szegedy 2015): features normalized over the rows of a batch, the last axis of any tensor. */

/**
 * Means and variances of features over real rows. A first pass finds the means, a second what they lack: so numbers far from 0 keep
 * their digits.
 *
 * mean      [C]            out  assigned
 * variance  [C]            out  assigned; that of all rows, divided by their number
 * x         [rows, C]      in
 * mask      [rows] of i32  in   pointer 0: all are real
 * @returns how many rows are real; means and variances are 0 if none is
 */
export function batchNormMoments(mean: usize, variance: usize, x: usize, mask: usize, rows: i32, C: i32): i32 {
  const row = bytes(C);
  memory.fill(mean, 0, row);
  memory.fill(variance, 0, row);
  let count = 0;
  for (let r = 0; r < rows; r++) if (mask == 0 || load<i32>(mask + bytes(r))) count++;
  if (count == 0) return 0;
  const share = 1 / <f64>count;
  for (let j: usize = 0; j < row; j += 4) {
    let sum: f64 = 0;
    for (let r = 0, p = x + j; r < rows; r++, p += row) {
      if (mask == 0 || load<i32>(mask + bytes(r))) sum += <f64>f32.load(p);
    }
    const center = sum * share;
    let squares: f64 = 0;
    for (let r = 0, p = x + j; r < rows; r++, p += row) {
      const d = <f64>f32.load(p) - center;
      if (mask == 0 || load<i32>(mask + bytes(r))) squares += d * d;
    }
    f32.store(mean + j, <f32>center);
    f32.store(variance + j, <f32>(squares * share));
  }
  return count;
}

/**
 * y           [rows, C]  out  assigned: (x - mean) / sqrt(variance + epsilon)·gamma + beta
 * normalized  [rows, C]  out  assigned: the same without gamma and beta; may be y
 * inverse     [C]        out  assigned: 1 / sqrt(variance + epsilon)
 * x           [rows, C]  in
 * mean, variance  [C]    in
 * gamma, beta     [C]    in   pointer 0 for none
 */
export function batchNormForward(
  y: usize, normalized: usize, inverse: usize, x: usize, mean: usize, variance: usize, gamma: usize, beta: usize,
  epsilon: f32, rows: i32, C: i32,
): void {
  const row = bytes(C);
  for (let j: usize = 0; j < row; j += 4) f32.store(inverse + j, 1 / sqrt<f32>(f32.load(variance + j) + epsilon));
  for (let r = 0; r < rows; r++, y += row, normalized += row, x += row) {
    for (let j: usize = 0; j < row; j += 4) {
      const value = (f32.load(x + j) - f32.load(mean + j)) * f32.load(inverse + j);
      f32.store(normalized + j, value);
      const scaled = gamma ? value * f32.load(gamma + j) : value;
      f32.store(y + j, beta ? scaled + f32.load(beta + j) : scaled);
    }
  }
}

/**
 * dx          [rows, C]      in/out  accumulated
 * dy          [rows, C]      in
 * normalized, inverse        in      as batchNormForward leaves them
 * gamma       [C]            in      pointer 0 for none
 * sums        [2, C]         in      of dy, and of dy·normalized, over all rows; not read where count is 0
 * mask        [rows] of i32  in      rows of which the moments were taken; pointer 0: all
 * count                              how many those are; 0: mean and variance do not depend on x
 */
export function batchNormBackward(
  dx: usize, dy: usize, normalized: usize, inverse: usize, gamma: usize, sums: usize, mask: usize, count: i32, rows: i32, C: i32,
): void {
  const row = bytes(C);
  const share: f32 = count ? 1 / <f32>count : 0;
  for (let r = 0; r < rows; r++, dx += row, dy += row, normalized += row) {
    const counts = count != 0 && (mask == 0 || load<i32>(mask + bytes(r)) != 0);
    for (let j: usize = 0; j < row; j += 4) {
      let d = f32.load(dy + j);
      if (counts) d -= (f32.load(sums + j) + f32.load(normalized + j) * f32.load(sums + row + j)) * share;
      if (gamma) d *= f32.load(gamma + j);
      f32.store(dx + j, f32.load(dx + j) + d * f32.load(inverse + j));
    }
  }
}

/**
 * average  [n]  in/out  a part `momentum` of what it was, and the rest of x
 * x        [n]  in
 */
export function batchNormAverage(average: usize, x: usize, momentum: f32, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) {
    f32.store(average + i, f32.load(average + i) * momentum + f32.load(x + i) * (1 - momentum));
  }
}
