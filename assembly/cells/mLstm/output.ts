import { SIGMOID, slopeFromOutput4 } from "../../math/activation";
import { bytes, flushTiny, sumLanes } from "../../math/lanes";
import { sigmoid4 } from "../../math/sigmoid";
import { EPSILON } from "../../recurrent/normalizedGates";
import { put, take } from "./vectors";

/**
 * The output of one head of an mLSTM, D units: with r as in head.ts and N(r) = (r - mean) / √(variance + ε) over the head,
 *
 *   h = sigmoid(zo)·gain·N(r)     or, without normalization, h = sigmoid(zo)·r
 *
 * read     [D]  q·C' before; after it N(r) or r
 * o        [D]  sigmoid(zo)
 * product floor  q·n', e^-m'
 * inverse  1 / √(variance + ε)
 * whole    whether D is a multiple of 4: known to the compiler
 */

// @ts-ignore: decorator
@inline
function scaleOf(product: f32, floor: f32): f32 {
  return 1 / max(abs(product), floor);
}

/**
 * The output gates of all heads, in a loop of their own, so that its constants stay in registers.
 *
 * o  [H]  in/out  pre-activation in; sigmoid(zo) out
 */
// @ts-ignore: decorator
@inline
export function gateOutput(o: usize, H: i32): void {
  const end = o + bytes(H & ~3);
  for (; o < end; o += 16) v128.store(o, sigmoid4(v128.load(o)));
  if (H & 3) put(o, sigmoid4(take(o, H & 3, false)), H & 3, false);
}

/**
 * h     [D]  out     assigned
 * read  [D]  in/out
 * o     [D]  in
 */
// @ts-ignore: decorator
@inline
export function outputForward(h: usize, read: usize, o: usize, product: f32, floor: f32, D: i32, whole: bool): void {
  const scale = f32x4.splat(scaleOf(product, floor));
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const r = flushTiny(f32x4.mul(take(read + at, left, whole), scale));
    put(read + at, r, left, whole);
    put(h + at, flushTiny(f32x4.mul(take(o + at, left, whole), r)), left, whole);
  }
}

/**
 * The same with normalization.
 *
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
 * dh       [D]  in/out  gradient of h in, all of it; 0 out, since the next step does not see h
 * read     [D]  in/out  gradient of q·C' out
 * o        [D]  in/out  gradient of its pre-activation out
 * product       in/out  its gradient out
 * floor         in/out  what the gradient of m' gets by it out
 */
// @ts-ignore: decorator
@inline
export function outputBackward(
  dh: usize, read: usize, o: usize, product: usize, floor: usize, D: i32, whole: bool,
): void {
  const value = f32.load(product), least = f32.load(floor), scale = f32x4.splat(scaleOf(value, least));
  let sum = f32x4.splat(0);
  for (let j = 0; j < D; j += 4) {
    const at = bytes(j), left = D - j;
    const gate = take(o + at, left, whole), r = take(read + at, left, whole), d = take(dh + at, left, whole);
    const dRead = f32x4.mul(f32x4.mul(d, gate), scale);
    put(o + at, flushTiny(f32x4.mul(f32x4.mul(d, r), slopeFromOutput4(gate, SIGMOID))), left, whole);
    put(read + at, dRead, left, whole);
    put(dh + at, f32x4.splat(0), left, whole);
    sum = f32x4.add(sum, f32x4.mul(dRead, r));
  }
  divisorBackward(product, floor, -sumLanes(sum));
}

/**
 * The same with normalization.
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

// @ts-ignore: decorator
@inline
function divisorBackward(product: usize, floor: usize, dDivisor: f32): void {
  const value = f32.load(product), least = f32.load(floor), bounded = abs(value) < least;
  f32.store(product, bounded ? 0 : value < 0 ? -dDivisor : dDivisor);
  f32.store(floor, bounded ? -least * dDivisor : 0);
}
