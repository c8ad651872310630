import { bytes, flushTiny, padded, sumLanes } from "../math/lanes";

/**
 * Layer normalization (Ba et al. 2016) of rows in gates of P = padded(H), over their gates·H real elements:
 *
 *   normalized = (x - mean) / deviation        deviation = sqrt(variance + EPSILON)
 *
 * The padding of what comes in may be anything finite; what goes out has 0 there.
 */
const EPSILON: f32 = 1e-5;

/** The lanes of a gate's last vector that are real. */
// @ts-ignore: decorator
@inline
function lastLanes(H: i32): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(((H - 1) & 3) + 1));
}

/**
 * One row. Returns 1 / deviation.
 *
 * y  [gates, P]  out  assigned; may be x
 * x  [gates, P]  in
 */
export function normalize(y: usize, x: usize, gates: i32, H: i32): f32 {
  const row = bytes(padded(H)), last = row - 16, size = <usize>gates * row;
  const real = lastLanes(H), share: f32 = 1 / <f32>(gates * H);
  let sum = f32x4.splat(0);
  for (let g: usize = 0; g < size; g += row) {
    for (let j: usize = 0; j < last; j += 16) sum = f32x4.add(sum, v128.load(x + g + j));
    sum = f32x4.add(sum, v128.and(v128.load(x + g + last), real));
  }
  const mean = f32x4.splat(sumLanes(sum) * share);
  let squares = f32x4.splat(0);
  for (let g: usize = 0; g < size; g += row) {
    for (let j: usize = 0; j < last; j += 16) {
      const d = f32x4.sub(v128.load(x + g + j), mean);
      squares = f32x4.add(squares, f32x4.mul(d, d));
      v128.store(y + g + j, d);
    }
    const d = v128.and(f32x4.sub(v128.load(x + g + last), mean), real);
    squares = f32x4.add(squares, f32x4.mul(d, d));
    v128.store(y + g + last, d);
  }
  const inverse: f32 = 1 / sqrt<f32>(sumLanes(squares) * share + EPSILON);
  for (let j: usize = 0; j < size; j += 16) v128.store(y + j, f32x4.mul(v128.load(y + j), f32x4.splat(inverse)));
  return inverse;
}

/**
 * One row, backward: dx = (d - mean(d) - normalized · mean(d · normalized)) / deviation, d = dy·gain.
 *
 * dx          [gates, P]  out  assigned; may be dy or normalized
 * dy          [gates, P]  in
 * gain        [gates, P]  in   0 in the padding
 * normalized  [gates, P]  in
 */
export function normalizeBackward(
  dx: usize, dy: usize, gain: usize, normalized: usize, inverse: f32, gates: i32, H: i32,
): void {
  const row = bytes(padded(H)), last = row - 16, size = <usize>gates * row;
  const real = lastLanes(H), share: f32 = 1 / <f32>(gates * H);
  let sum = f32x4.splat(0), along = f32x4.splat(0);
  for (let j: usize = 0; j < size; j += 16) {
    const d = f32x4.mul(v128.load(dy + j), v128.load(gain + j));
    sum = f32x4.add(sum, d);
    along = f32x4.add(along, f32x4.mul(d, v128.load(normalized + j)));
  }
  const mean = f32x4.splat(sumLanes(sum) * share), slope = f32x4.splat(sumLanes(along) * share);
  const factor = f32x4.splat(inverse);
  for (let g: usize = 0; g < size; g += row) {
    for (let j = g; j < g + row; j += 16) {
      const d = f32x4.sub(f32x4.mul(v128.load(dy + j), v128.load(gain + j)), mean);
      const rest = f32x4.sub(d, f32x4.mul(v128.load(normalized + j), slope));
      v128.store(dx + j, flushTiny(f32x4.mul(rest, factor)));
    }
    const end = dx + g + last;
    v128.store(end, v128.and(v128.load(end), real));
  }
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
 * y           [rows, gates·P]  out  assigned: normalized · gain + bias; may be normalized
 * normalized  [rows, gates·P]  out  assigned; may be x
 * inverse     [rows]           out  1 / deviation; pointer 0 where nobody wants it
 * x           [rows, gates·P]  in
 * gain, bias  [gates·P]        in   0 in the padding; bias 0 for none
 */
export function layerNormForward(
  y: usize, normalized: usize, inverse: usize, x: usize, gain: usize, bias: usize, rows: i32, gates: i32, H: i32,
): void {
  const row = bytes(gates * padded(H));
  for (let r = 0; r < rows; r++, y += row, normalized += row, x += row) {
    const factor = normalize(normalized, x, gates, H);
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
 * normalized, inverse, gain: as layerNormForward has them
 */
export function layerNormBackward(
  dx: usize, dy: usize, normalized: usize, inverse: usize, gain: usize, rows: i32, gates: i32, H: i32,
): void {
  const row = bytes(gates * padded(H));
  for (let r = 0; r < rows; r++, dx += row, dy += row, normalized += row) {
    normalizeBackward(dx, dy, gain, normalized, f32.load(inverse + bytes(r)), gates, H);
  }
}

/**
 * dGain       [columns]        in/out  accumulated, row after row
 * dy          [rows, columns]  in
 * normalized  [rows, columns]  in
 * columns is a multiple of 4
 */
export function layerNormGainGradient(dGain: usize, dy: usize, normalized: usize, rows: i32, columns: i32): void {
  const row = bytes(columns);
  for (let r = 0; r < rows; r++, dy += row, normalized += row) addScaled(dGain, dGain, normalized, dy, row);
}
