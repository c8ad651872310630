import { bytes } from "../math/lanes";
import { normalizeRow, normalizeRowBackward } from "../math/normalizeRow";

/**
 * Layer normalization (Ba et al. 2016) of rows of any width:
 *
 *   normalized = (x - mean) / deviation        deviation = sqrt(variance + epsilon)        y = normalized·gain + bias
 *
 * `normalized` is within 5e-7·(1 + |normalized|) of the exact value for these x on rows of up to 1000 numbers, however far
 * from 0 their mean is, and of any size. A row with a NaN or an infinity
 * is NaN, and no other is. Rows do not depend on each other: a range of them is computed by offsetting whatever has rows.
 *
 * The gates of recurrent cells, rows in padded parts: recurrent/normalizedGates.ts.
 */

/**
 * y           [rows, columns]  out  assigned; may be normalized
 * normalized  [rows, columns]  out  assigned, for the backward pass; may be x
 * inverse     [rows]           out  assigned, for the backward pass: 1 / deviation; pointer 0 where nobody wants it
 * x           [rows, columns]  in
 * gain, bias  [columns]        in   pointer 0 for none
 * epsilon > 0
 */
export function layerNormForward(
  y: usize, normalized: usize, inverse: usize, x: usize, gain: usize, bias: usize, epsilon: f32, rows: i32, columns: i32,
): void {
  const row = bytes(columns), whole = bytes(columns & ~3);
  for (let r = 0; r < rows; r++, y += row, normalized += row, x += row) {
    const factor = normalizeRow(normalized, x, epsilon, 1, columns, false);
    if (inverse) f32.store(inverse + bytes(r), factor);
    for (let j: usize = 0; j < whole; j += 16) {
      let value = v128.load(normalized + j);
      if (gain) value = f32x4.mul(value, v128.load(gain + j));
      v128.store(y + j, bias ? f32x4.add(value, v128.load(bias + j)) : value);
    }
    for (let j = whole; j < row; j += 4) {
      const value = f32.load(normalized + j) * (gain ? f32.load(gain + j) : 1);
      f32.store(y + j, bias ? value + f32.load(bias + j) : value);
    }
  }
}

/**
 * dx          [rows, columns]  in/out  accumulated: (d - mean(d) - normalized · mean(d · normalized)) / deviation, d = dy·gain
 * dy          [rows, columns]  in
 * normalized  [rows, columns]  in      as layerNormForward leaves it
 * inverse     [rows]           in      likewise
 * gain        [columns]        in      pointer 0 for none
 *
 * The gradient of gain is layerNormGainGradient, that of bias sumRows of dy.
 */
export function layerNormBackward(
  dx: usize, dy: usize, normalized: usize, inverse: usize, gain: usize, rows: i32, columns: i32,
): void {
  const row = bytes(columns);
  for (let r = 0; r < rows; r++, dx += row, dy += row, normalized += row) {
    normalizeRowBackward(dx, dy, gain, normalized, f32.load(inverse + bytes(r)), 1, columns, false);
  }
}

/**
 * dGain       [columns]        in/out  accumulated: the sum of dy·normalized, row after row
 * dy          [rows, columns]  in
 * normalized  [rows, columns]  in
 */
export function layerNormGainGradient(dGain: usize, dy: usize, normalized: usize, rows: i32, columns: i32): void {
  const row = bytes(columns), whole = bytes(columns & ~3);
  for (let r = 0; r < rows; r++, dy += row, normalized += row) {
    for (let j: usize = 0; j < whole; j += 16) {
      const d = f32x4.mul(v128.load(normalized + j), v128.load(dy + j));
      v128.store(dGain + j, f32x4.add(v128.load(dGain + j), d));
    }
    for (let j = whole; j < row; j += 4) {
      f32.store(dGain + j, f32.load(dGain + j) + f32.load(normalized + j) * f32.load(dy + j));
    }
  }
}
