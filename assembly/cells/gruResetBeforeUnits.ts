import { bytes, flushTiny, padded } from "../math/lanes";
import { activate4, SIGMOID, TANH } from "../math/activation";
import { atLimit, clipped, slope } from "./lstmOptions";

/** The elementwise half of gruResetBefore.ts. */

/**
 * saved  [N, P]  out     assigned: r·h
 * gr     [N, P]  in/out  sums of r in; activated r out; row stride 3P elements
 * h      [N, P]  in      row stride S elements
 */
// @ts-ignore: decorator
@inline
export function resetForward(saved: usize, gr: usize, h: usize, S: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32): void {
  const row = bytes(padded(H)), step = bytes(S);
  for (let n = 0; n < N; n++, saved += row, gr += 3 * row, h += step) {
    for (let j: usize = 0; j < row; j += 16) {
      const r = activate4(clipped(v128.load(gr + j), clip), recurrentActivation);
      v128.store(gr + j, r);
      v128.store(saved + j, flushTiny(f32x4.mul(r, v128.load(h + j))));
    }
  }
}

/**
 * h       [N, P]   out     assigned; row stride S elements; may be the same buffer as before
 * gates   [N, 3P]  in/out  sums of z and c, activated r in; activated z r c out
 * before  [N, P]   in      hidden state before the step; row stride S elements
 */
// @ts-ignore: decorator
@inline
export function updateForward(
  h: usize, gates: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32,
): void {
  if (activation == TANH && recurrentActivation == SIGMOID && clip == 0) {
    forwardWith(h, gates, before, S, TANH, SIGMOID, 0, N, H);
  } else {
    forwardWith(h, gates, before, S, activation, recurrentActivation, clip, N, H);
  }
}

// @ts-ignore: decorator
@inline
function forwardWith(
  h: usize, gates: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), step = bytes(S);
  for (let n = 0; n < N; n++, gates += 3 * row, before += step, h += step) {
    const gc = gates + 2 * row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = activate4(clipped(v128.load(gates + j), clip), recurrentActivation);
      const c = activate4(clipped(v128.load(gc + j), clip), activation);
      v128.store(gates + j, z);
      v128.store(gc + j, c);
      const kept = f32x4.mul(z, v128.load(before + j));
      v128.store(h + j, flushTiny(f32x4.add(kept, f32x4.mul(f32x4.sub(f32x4.splat(1), z), c))));
    }
  }
}

/**
 * gates   [N, 3P]  in/out  activated z r c in; dz r dc out
 * dh      [N, P]   in/out  gradient of h', all of it, in; what of it goes past the gates to h out
 * before  [N, P]   in      h; row stride S elements
 */
// @ts-ignore: decorator
@inline
export function updateBackward(
  gates: usize, dh: usize, before: usize, S: i32, activation: i32, recurrentActivation: i32, clip: f32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), clips = clip > 0;
  const highA = atLimit(clip, activation), lowA = atLimit(-clip, activation);
  const highR = atLimit(clip, recurrentActivation), lowR = atLimit(-clip, recurrentActivation);
  for (let n = 0; n < N; n++, gates += 3 * row, dh += row, before += bytes(S)) {
    const gc = gates + 2 * row;
    for (let j: usize = 0; j < row; j += 16) {
      const z = v128.load(gates + j), c = v128.load(gc + j), d = v128.load(dh + j);
      const toZ = f32x4.mul(d, f32x4.sub(v128.load(before + j), c)), toC = f32x4.mul(d, f32x4.sub(f32x4.splat(1), z));
      v128.store(gates + j, flushTiny(f32x4.mul(toZ, slope(z, recurrentActivation, clips, lowR, highR))));
      v128.store(gc + j, flushTiny(f32x4.mul(toC, slope(c, activation, clips, lowA, highA))));
      v128.store(dh + j, flushTiny(f32x4.mul(d, z)));
    }
  }
}

/**
 * gr      [N, P]  in/out  activated r in; dr out; row stride W elements
 * dh      [N, P]  in/out  accumulated: what comes through r·h
 * saved   [N, P]  in/out  gradient of r·h in; r·h out
 * before  [N, P]  in      h; row stride S elements
 * mask    [N, P]  in      what the candidate sees of it; row stride W elements; pointer 0 for all
 */
// @ts-ignore: decorator
@inline
export function resetBackward(
  gr: usize, W: i32, dh: usize, saved: usize, before: usize, S: i32, mask: usize, recurrentActivation: i32, clip: f32, N: i32, H: i32,
): void {
  const row = bytes(padded(H)), clips = clip > 0;
  const high = atLimit(clip, recurrentActivation), low = atLimit(-clip, recurrentActivation);
  for (let n = 0; n < N; n++, gr += bytes(W), dh += row, saved += row, before += bytes(S), mask += mask ? bytes(W) : 0) {
    for (let j: usize = 0; j < row; j += 16) {
      const r = v128.load(gr + j), d = v128.load(saved + j);
      let h = v128.load(before + j), toH = f32x4.mul(d, r);
      if (mask) {
        h = f32x4.mul(h, v128.load(mask + j));
        toH = f32x4.mul(toH, v128.load(mask + j));
      }
      v128.store(gr + j, flushTiny(f32x4.mul(f32x4.mul(d, h), slope(r, recurrentActivation, clips, low, high))));
      v128.store(dh + j, flushTiny(f32x4.add(v128.load(dh + j), toH)));
      v128.store(saved + j, flushTiny(f32x4.mul(r, h)));
    }
  }
}
