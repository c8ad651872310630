import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, TANH } from "../math/activation";
import { atLimit, clipped, slope } from "./lstmOptions";

/** The elementwise half of the GRUs that reset after the product: gru.ts, layerNormGru.ts. */

/**
 * Pre-activations are clipped to ±clip, if that is not 0.
 *
 * h       [N, P]   out     assigned; row stride S elements; may be the same buffer as before
 * gates   [N, 3P]  in/out  sums of z r xc in; activated z r c out; row stride W elements
 * hc      [N, P]   in      row stride hcStride elements
 * before  [N, P]   in      hidden state before the step; row stride S elements
 */
export function gruUnitsForward(
  h: usize, gates: usize, W: i32, hc: usize, hcStride: i32, before: usize, S: i32,
  activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID && clip == 0) {
    forwardWith(h, gates, W, hc, hcStride, before, S, TANH, SIGMOID, 0, N, H);
  } else {
    forwardWith(h, gates, W, hc, hcStride, before, S, activation, recurrentActivation, clip, N, H);
  }
}

// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, gates: usize, W: i32, hc: usize, hcStride: i32, before: usize, S: i32,
  activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), step = bytes(S);
  for (let n = 0; n < N; n++) {
    const gr = gates + row, gc = gr + row;
    // Two loops, since the candidate waits for r: shorter chains of dependent operations.
    for (let j: usize = 0; j < row; j += 16) {
      const r = activate4(clipped(v128.load(gr + j), clip), recurrentActivation);
      v128.store(gates + j, activate4(clipped(v128.load(gates + j), clip), recurrentActivation));
      v128.store(gr + j, r);
      v128.store(gc + j, f32x4.add(v128.load(gc + j), f32x4.mul(r, v128.load(hc + j))));
    }
    for (let j: usize = 0; j < row; j += 16) {
      const c = activate4(clipped(v128.load(gc + j), clip), activation), z = v128.load(gates + j);
      v128.store(gc + j, c);
      const kept = f32x4.mul(z, v128.load(before + j));
      v128.store(h + j, flushTiny(f32x4.add(kept, f32x4.mul(f32x4.sub(f32x4.splat(1), z), c))));
    }
    gates += bytes(W);
    hc += bytes(hcStride);
    before += step;
    h += step;
  }
}

/**
 * gates   [N, 3P]  in/out  activated z r c in; dz of z r xc out; row stride W elements
 * hc      [N, P]   in/out  hc in; its gradient out; row stride hcStride elements
 * dh      [N, P]   in/out  gradient of h', all of it, in; what of it goes past the gates to h out
 * before  [N, P]   in      h; row stride S elements
 * crossed: the gradients of xc and hc change places, which puts z r hc side by side
 */
export function gruUnitsBackward(
  gates: usize, W: i32, hc: usize, hcStride: i32, dh: usize, before: usize, S: i32,
  activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32, crossed: bool,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID && clip == 0) {
    backwardWith(gates, W, hc, hcStride, dh, before, S, TANH, SIGMOID, 0, N, H, crossed);
  } else {
    backwardWith(gates, W, hc, hcStride, dh, before, S, activation, recurrentActivation, clip, N, H, crossed);
  }
}

// @ts-ignore: decorator
@inline
function backwardWith(
  gates: usize, W: i32, hc: usize, hcStride: i32, dh: usize, before: usize, S: i32,
  activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32, crossed: bool,
): void {
  const row = bytes(padded(H)), clips = clip > 0;
  const highA = atLimit(clip, activation), lowA = atLimit(-clip, activation);
  const highR = atLimit(clip, recurrentActivation), lowR = atLimit(-clip, recurrentActivation);
  for (let n = 0; n < N; n++) {
    const gr = gates + row, gc = gr + row, dxc = crossed ? hc : gc, dhc = crossed ? gc : hc;
    for (let j: usize = 0; j < row; j += 16) {
      const z = v128.load(gates + j), r = v128.load(gr + j), c = v128.load(gc + j), d = v128.load(dh + j);
      const dc = f32x4.mul(f32x4.mul(d, f32x4.sub(f32x4.splat(1), z)), slope(c, activation, clips, lowA, highA));
      const toZ = f32x4.mul(d, f32x4.sub(v128.load(before + j), c)), toR = f32x4.mul(dc, v128.load(hc + j));
      v128.store(gates + j, flushTiny(f32x4.mul(toZ, slope(z, recurrentActivation, clips, lowR, highR))));
      v128.store(gr + j, flushTiny(f32x4.mul(toR, slope(r, recurrentActivation, clips, lowR, highR))));
      v128.store(dxc + j, flushTiny(dc));
      v128.store(dhc + j, flushTiny(f32x4.mul(dc, r)));
      v128.store(dh + j, flushTiny(f32x4.mul(d, z)));
    }
    gates += bytes(W);
    hc += bytes(hcStride);
    dh += row;
    before += bytes(S);
  }
}
