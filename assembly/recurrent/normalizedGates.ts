import { bytes, padded } from "../math/lanes";
import { normalizeRow, normalizeRowBackward } from "../math/normalizeRow";

/**
 * Layer normalization in recurrent cells: of all gates of a row at once, each H numbers padded to P, as in
 * layers/layerNorm.ts. The padding of what comes in may be anything finite; what goes out has 0 there.
 */

/**
 * One row. Returns 1 / deviation.
 *
 * y  [gates, P]  out  assigned; may be x
 * x  [gates, P]  in
 */
export function normalize(y: usize, x: usize, epsilon: f32, gates: i32, H: i32): f32 {
  return normalizeRow(y, x, epsilon, gates, H, true);
}

/**
 * One row, backward.
 *
 * dx          [gates, P]  out  assigned; may be dy or normalized
 * dy          [gates, P]  in
 * gain        [gates, P]  in   0 in the padding
 * normalized  [gates, P]  in
 */
export function normalizeBackward(
  dx: usize, dy: usize, gain: usize, normalized: usize, inverse: f32, gates: i32, H: i32,
): void {
  normalizeRowBackward(dx, dy, gain, normalized, inverse, gates, H, true);
}

/**
 * y                  [size]  out  assigned: start + normalized·gain
 * start, normalized  [size]  in   each may be y
 * gain               [size]  in
 * size in bytes
 */
// @ts-ignore: decorator
@inline
export function addScaled(y: usize, start: usize, normalized: usize, gain: usize, size: usize): void {
  for (let j: usize = 0; j < size; j += 16) {
    const scaled = f32x4.mul(v128.load(normalized + j), v128.load(gain + j));
    v128.store(y + j, f32x4.add(v128.load(start + j), scaled));
  }
}

/**
 * The side of x, all rows.
 *
 * y           [rows, gates·P]  out  assigned: normalized · gain + bias; may be normalized
 * normalized  [rows, gates·P]  out  assigned; may be x
 * inverse     [rows]           out  1 / deviation; pointer 0 where nobody wants it
 * x           [rows, gates·P]  in
 * gain, bias  [gates·P]        in   0 in the padding; bias 0 for none
 */
export function normalizedGatesForward(
  y: usize, normalized: usize, inverse: usize, x: usize, gain: usize, bias: usize, epsilon: f32,
  rows: i32, gates: i32, H: i32,
): void {
  const row = bytes(gates * padded(H));
  for (let r = 0; r < rows; r++, y += row, normalized += row, x += row) {
    const factor = normalize(normalized, x, epsilon, gates, H);
    if (inverse) f32.store(inverse + bytes(r), factor);
    for (let j: usize = 0; j < row; j += 16) {
      const scaled = f32x4.mul(v128.load(normalized + j), v128.load(gain + j));
      v128.store(y + j, bias ? f32x4.add(scaled, v128.load(bias + j)) : scaled);
    }
  }
}

/**
 * dx          [rows, gates·P]  out  assigned; may be dy or normalized
 * dy          [rows, gates·P]  in
 * normalized, inverse, gain: as normalizedGatesForward has them. The gradient of gain: layerNormGainGradient
 */
export function normalizedGatesBackward(
  dx: usize, dy: usize, normalized: usize, inverse: usize, gain: usize, rows: i32, gates: i32, H: i32,
): void {
  const row = bytes(gates * padded(H));
  for (let r = 0; r < rows; r++, dx += row, dy += row, normalized += row) {
    normalizeBackward(dx, dy, gain, normalized, f32.load(inverse + bytes(r)), gates, H);
  }
}
