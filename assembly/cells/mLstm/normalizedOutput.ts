import { SIGMOID, slopeFromOutput4 } from "../../math/activation";
import { bytes, flushTiny, sumLanes } from "../../math/lanes";
import { divisorBackward, scaleOf } from "./output";
import { put, take } from "./vectors";

/** Of the variance, as in the xLSTM of its authors. */
const EPSILON: f32 = 1e-5;

/**
 * The output of one head of an mLSTM with normalization over the head, h = sigmoid(zo)·gain·N(r) with
 * N(r) = (r - mean) / √(variance + ε). What is not said here is as in output.ts.
 *
 * read     [D]  q·C' before; after it N(r)
 * inverse  1 / √(variance + ε)
 */

/**
 * h     [D]  out     assigned
 * read  [D]  in/out
 * o     [D]  in
 * gain  [D]  in
 * Returns inverse.
 */
// @ts-ignore: decorator
@inline
export function normalizedForward(
  h: usize, read: usize, o: usize, gain: usize, product: f32, floor: f32, D: i32, whole: bool,
): f32 {
  const scale = f32x4.splat(scaleOf(product, floor));
  let sum = f32x4.splat(0), squares = sum;
  for (let j = 0; j < D; j += 4) {
    const r = f32x4.mul(take(read + bytes(j), D - j, whole), scale);
    put(read + bytes(j), r, D - j, whole);
    sum = f32x4.add(sum, r);
  }
  const mean = f32x4.splat(sumLanes(sum) / <f32>D);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    put(read + at, f32x4.sub(take(read + at, left, whole), mean), left, whole);
    const distance = take(read + at, left, whole);
    squares = f32x4.add(squares, f32x4.mul(distance, distance));
  }
  const inverse: f32 = 1 / sqrt<f32>(sumLanes(squares) / <f32>D + EPSILON), n = f32x4.splat(inverse);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, normal = flushTiny(f32x4.mul(n, take(read + at, left, whole)));
    put(read + at, normal, left, whole);
    const scaled = f32x4.mul(take(gain + at, left, whole), normal);
    put(h + at, flushTiny(f32x4.mul(take(o + at, left, whole), scaled)), left, whole);
  }
  return inverse;
}

/**
 * As outputBackward.
 *
 * gain   [D]  in
 * dGain  [D]  in/out  accumulated
 */
// @ts-ignore: decorator
@inline
export function normalizedBackward(
  dh: usize, read: usize, o: usize, gain: usize, dGain: usize, product: usize, floor: usize, inverse: f32, D: i32,
  whole: bool,
): void {
  const scale = scaleOf(f32.load(product), f32.load(floor)), share: f32 = 1 / <f32>D;
  let sum = f32x4.splat(0), along = sum;
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, normal = take(read + at, left, whole);
    const d = f32x4.mul(f32x4.mul(take(dh + at, left, whole), take(o + at, left, whole)), take(gain + at, left, whole));
    sum = f32x4.add(sum, d);
    along = f32x4.add(along, f32x4.mul(d, normal));
  }
  const alongNormal = sumLanes(along), n = f32x4.splat(inverse * scale);
  const mean = f32x4.splat(sumLanes(sum) * share), slope = f32x4.splat(alongNormal * share);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j, normal = take(read + at, left, whole), d = take(dh + at, left, whole);
    const gate = take(o + at, left, whole), own = take(gain + at, left, whole), dScaled = f32x4.mul(d, gate);
    const dNormal = f32x4.mul(dScaled, own), past = f32x4.sub(f32x4.sub(dNormal, mean), f32x4.mul(normal, slope));
    put(read + at, f32x4.mul(n, past), left, whole);
    const dGate = f32x4.mul(f32x4.mul(d, f32x4.mul(own, normal)), slopeFromOutput4(gate, SIGMOID));
    put(o + at, flushTiny(dGate), left, whole);
    put(dGain + at, f32x4.add(take(dGain + at, left, whole), f32x4.mul(dScaled, normal)), left, whole);
    put(dh + at, f32x4.splat(0), left, whole);
  }
  // Of r, dr has only what ε lets through: that normalization takes all else away is exact.
  divisorBackward(product, floor, -scale * alongNormal * EPSILON * inverse * inverse);
}
