import { SIGMOID, slopeFromOutput4 } from "../../math/activation";
import { bytes, flushTiny, sumLanes } from "../../math/lanes";
import { sigmoid4 } from "../../math/sigmoid";
import { put, take } from "./vectors";

/**
 * The output of one head of an mLSTM, D units, h = sigmoid(zo)·r with r as in head.ts; with normalization:
 * normalizedOutput.ts.
 *
 * read     [D]  q·C' before; after it r
 * o        [D]  sigmoid(zo)
 * product floor  q·n', e^-m'
 * whole    whether D is a multiple of 4: known to the compiler
 */

// @ts-ignore: decorator
@inline
export function scaleOf(product: f32, floor: f32): f32 {
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

// @ts-ignore: decorator
@inline
export function divisorBackward(product: usize, floor: usize, dDivisor: f32): void {
  const value = f32.load(product), least = f32.load(floor), bounded = abs(value) < least;
  f32.store(product, bounded ? 0 : value < 0 ? -dDivisor : dDivisor);
  f32.store(floor, bounded ? -least * dDivisor : 0);
}
