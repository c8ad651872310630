import { bytes, flushTinyScalar } from "../math/lanes";
import { exp4 } from "../math/exp";
import { rowMax } from "../math/softmax";
import { ctcLogPosteriors } from "./ctcLogs";
import { ctcScaledPosteriors } from "./ctcScaled";
import { weightOf } from "./rowWeights";

/**
 * Connectionist temporal classification (Graves et al. 2006), in float64: the mean over sequences of minus the log of the
 * probability of all ways to say a sequence's labels, each label over one or more steps, blanks in between.
 *
 * States of a sequence of L labels: blank, label, blank, ..., blank: S = 2L + 1. A row of numbers for them has W = S + 5, rounded up
 * to even: two that are never reached before them, as many behind, so that every neighbour is there.
 *
 * dLogits      [N, T, V]     in/out  accumulated: the gradient of the mean
 * posteriors   [N, T, W]     f64     out of forward, in of backward: how probable each state is at a step, given the labels
 * logZ         [N, T]        f64     the same: the log of the sum of powers of a step's logits
 * work         [ctcWork]     f64     scratch
 * logits       [N, T, V]     in
 * labels       [N, L] i32    in      the first `counts` are labels
 * rows         [N, T] i32    in      by sequence, the rows of its real steps, the first `steps` of them
 * steps        [N] i32, counts [N] i32  in
 * weights      [N]           in      0: none, every sequence counts 1
 */
export function ctcWidth(L: i32): i32 {
  return (2 * L + 6) & ~1;
}

/** Elements of `work`. */
export function ctcWork(T: i32, V: i32, L: i32): i32 {
  return 4 * ctcWidth(L) + T * (V + 1) + V;
}

// @ts-ignore: decorator
@inline
function doubles(n: i32): usize {
  return (<usize>n) << 3;
}

export function ctcForward(
  posteriors: usize, logZ: usize, work: usize, logits: usize, labels: usize, rows: usize, steps: usize, counts: usize,
  weights: usize, blank: i32, N: i32, T: i32, V: i32, L: i32,
): f64 {
  const W = ctcWidth(L);
  let loss: f64 = 0;
  for (let n = 0; n < N; n++) {
    const S = 2 * load<i32>(counts + bytes(n)) + 1, length = load<i32>(steps + bytes(n));
    if (length == 0) continue; // nothing is said, and for sure
    const own = labels + bytes(n * L), at = rows + bytes(n * T);
    const p = posteriors + doubles(n * T * W), sums = logZ + doubles(n * T);
    let ways = ctcScaledPosteriors(p, sums, work, logits, own, at, length, blank, V, S, W);
    if (isNaN(ways)) ways = ctcLogPosteriors(p, sums, work, logits, own, at, length, blank, V, S, W);
    loss -= weightOf(weights, n) * ways;
  }
  return loss / N;
}

export function ctcBackward(
  dLogits: usize, posteriors: usize, logZ: usize, work: usize, logits: usize, labels: usize, rows: usize, steps: usize,
  counts: usize, weights: usize, blank: i32, N: i32, T: i32, V: i32, L: i32,
): void {
  const W = ctcWidth(L), share = work;
  for (let n = 0; n < N; n++) {
    const count = load<i32>(counts + bytes(n)), length = load<i32>(steps + bytes(n));
    const own = labels + bytes(n * L), factor = weightOf(weights, n) / N;
    for (let t = 0; t < length; t++) {
      const row = load<i32>(rows + bytes(n * T + t)) * V, z = logits + bytes(row), dz = dLogits + bytes(row);
      gather(share, posteriors + doubles((n * T + t) * W + 2), own, count, blank, V);
      const largest = rowMax(z, V), most = <f64>largest, scale = NativeMath.exp(most - f64.load(logZ + doubles(n * T + t)));
      let j = 0;
      for (; j + 4 <= V; j += 4) {
        const e = exp4(f32x4.sub(v128.load(z + bytes(j)), f32x4.splat(largest)));
        slope(dz, share, j, factor, scale * f32x4.extract_lane(e, 0));
        slope(dz, share, j + 1, factor, scale * f32x4.extract_lane(e, 1));
        slope(dz, share, j + 2, factor, scale * f32x4.extract_lane(e, 2));
        slope(dz, share, j + 3, factor, scale * f32x4.extract_lane(e, 3));
      }
      for (; j < V; j++) slope(dz, share, j, factor, scale * NativeMath.exp(<f64>f32.load(z + bytes(j)) - most));
    }
  }
}

/** Posteriors of classes, of those of states. */
// @ts-ignore: decorator
@inline
function gather(share: usize, states: usize, labels: usize, count: i32, blank: i32, V: i32): void {
  memory.fill(share, 0, doubles(V));
  let silent = f64.load(states);
  for (let i = 0; i < count; i++) {
    const at = share + doubles(load<i32>(labels + bytes(i)));
    f64.store(at, f64.load(at) + f64.load(states + doubles(2 * i + 1)));
    silent += f64.load(states + doubles(2 * i + 2));
  }
  f64.store(share + doubles(blank), silent);
}

// @ts-ignore: decorator
@inline
function slope(dz: usize, share: usize, j: i32, factor: f64, p: f64): void {
  const d = <f32>(factor * (p - f64.load(share + doubles(j))));
  f32.store(dz + bytes(j), f32.load(dz + bytes(j)) + flushTinyScalar(d));
}
