import { bytes, flushTinyScalar } from "../math/lanes";
import { exp4 } from "../math/exp";
import { rowMax } from "../math/softmax";
import { exp2x, log1to3, NEVER, sumOfPowers } from "./ctcMath";
import { weightOf } from "./rowWeights";

/**
 * Connectionist temporal classification (Graves et al. 2006), in the log domain and float64: the mean over sequences of minus the
 * log of the probability of all ways to say a sequence's labels, each label over one or more steps, blanks in between.
 *
 * States of a sequence of L labels: blank, label, blank, ..., blank: S = 2L + 1. A row of numbers for them has W = S + 5, rounded up
 * to even: two that are never reached before them, as many behind, so that every neighbour is there.
 *
 * dLogits      [N, T, V]     in/out  accumulated: the gradient of the mean
 * alpha        [N, T, W]     f64     out of forward, in of backward: logs of the ways up to a step, with it
 * logZ         [N, T]        f64     the same: the log of the sum of powers of a step's logits
 * logP         [N]           f64     the same: the log of the probability of the labels
 * work         [3 · W + V]   f64     what is said of a step
 * logits       [N, T, V]     in
 * labels       [N, L] i32    in      the first `counts` are labels
 * rows         [N, T] i32    in      by sequence, the rows of its real steps, the first `steps` of them
 * steps        [N] i32, counts [N] i32  in
 * weights      [N]           in      0: none, every sequence counts 1
 */
export function ctcWidth(L: i32): i32 {
  return (2 * L + 6) & ~1;
}

// @ts-ignore: decorator
@inline
function doubles(n: i32): usize {
  return (<usize>n) << 3;
}

/** The class of state s. */
// @ts-ignore: decorator
@inline
function classOf(labels: usize, s: i32, blank: i32): i32 {
  return s & 1 ? load<i32>(labels + bytes(s >> 1)) : blank;
}

/** Logs of the probabilities of what the states say at a step; states that are not there are never reached. */
function says(out: usize, logits: usize, logZ: f64, labels: usize, blank: i32, S: i32, W: i32): void {
  for (let i = 0; i < W; i++) {
    const s = i - 2;
    const there = s >= 0 && s < S;
    f64.store(out + doubles(i), there ? <f64>f32.load(logits + bytes(classOf(labels, s, blank))) - logZ : NEVER);
  }
}

/** 0 where a state may be reached over the one before it: a label that is not the last one again. */
function skips(out: usize, labels: usize, S: i32, W: i32): void {
  for (let i = 0; i < W; i++) {
    const s = i - 2;
    const may = s & 1 && s >= 3 && s < S && load<i32>(labels + bytes(s >> 1)) != load<i32>(labels + bytes((s >> 1) - 1));
    f64.store(out + doubles(i), may ? 0 : NEVER);
  }
}

/** ln(e^a + e^b + e^c) of two states. */
// @ts-ignore: decorator
@inline
function logSum(a: v128, b: v128, c: v128): v128 {
  const most = f64x2.pmax(a, f64x2.pmax(b, c));
  const sum = f64x2.add(f64x2.add(exp2x(f64x2.sub(a, most)), exp2x(f64x2.sub(b, most))), exp2x(f64x2.sub(c, most)));
  return f64x2.add(most, log1to3(sum));
}

export function ctcForward(
  alpha: usize, logZ: usize, logP: usize, work: usize, logits: usize, labels: usize, rows: usize, steps: usize, counts: usize,
  weights: usize, blank: i32, N: i32, T: i32, V: i32, L: i32,
): f64 {
  const W = ctcWidth(L), emission = work, skip = work + doubles(W);
  let loss: f64 = 0;
  for (let n = 0; n < N; n++) {
    const S = 2 * load<i32>(counts + bytes(n)) + 1, length = load<i32>(steps + bytes(n));
    const own = labels + bytes(n * L);
    skips(skip, own, S, W);
    let last: usize = 0;
    for (let t = 0; t < length; t++) {
      const z = logits + bytes(load<i32>(rows + bytes(n * T + t)) * V);
      const largest = rowMax(z, V), sum = <f64>largest + NativeMath.log(sumOfPowers(z, largest, V));
      f64.store(logZ + doubles(n * T + t), sum);
      says(emission, z, sum, own, blank, S, W);
      const now = alpha + doubles((n * T + t) * W);
      for (let i = 0; i < W; i++) f64.store(now + doubles(i), NEVER);
      if (t == 0) {
        for (let s = 0; s < min(2, S); s++) f64.store(now + doubles(s + 2), f64.load(emission + doubles(s + 2)));
      } else {
        for (let i = 2; i < W - 2; i += 2) {
          const at = doubles(i);
          const two = f64x2.add(v128.load(last + at - 16), v128.load(skip + at));
          const ways = logSum(v128.load(last + at), v128.load(last + at - 8), two);
          v128.store(now + at, f64x2.pmax(f64x2.add(ways, v128.load(emission + at)), f64x2.splat(NEVER)));
        }
      }
      last = now;
    }
    let ways: f64 = 0;
    if (length > 0) {
      const end = last + doubles(S + 1), a = f64.load(end), b = f64.load(end - 8);
      const most = max(a, b);
      ways = most + NativeMath.log(NativeMath.exp(a - most) + NativeMath.exp(b - most));
    }
    f64.store(logP + doubles(n), ways);
    loss -= weightOf(weights, n) * ways;
  }
  return loss / N;
}

export function ctcBackward(
  dLogits: usize, alpha: usize, logZ: usize, logP: usize, work: usize, logits: usize, labels: usize, rows: usize, steps: usize,
  counts: usize, weights: usize, blank: i32, N: i32, T: i32, V: i32, L: i32,
): void {
  // beta with what its own step says; what it says without; posteriors of classes.
  const W = ctcWidth(L), ahead = work, skip = work + doubles(W), emission = skip + doubles(W), share = emission + doubles(W);
  for (let n = 0; n < N; n++) {
    const S = 2 * load<i32>(counts + bytes(n)) + 1, length = load<i32>(steps + bytes(n));
    const own = labels + bytes(n * L), total = f64.load(logP + doubles(n)), factor = weightOf(weights, n) / N;
    skips(skip, own, S, W);
    for (let t = length - 1; t >= 0; t--) {
      const row = load<i32>(rows + bytes(n * T + t)) * V, z = logits + bytes(row), dz = dLogits + bytes(row);
      const sum = f64.load(logZ + doubles(n * T + t)), now = alpha + doubles((n * T + t) * W);
      says(emission, z, sum, own, blank, S, W);
      memory.fill(share, 0, doubles(V));
      // In place, from the first state on: each needs itself and the next ones.
      for (let i = 2; i < W - 2; i += 2) {
        const at = doubles(i);
        let beta: v128;
        if (t == length - 1) {
          const first = i == S || i == S + 1, second = i + 1 == S || i + 1 == S + 1;
          beta = f64x2.replace_lane(f64x2.splat(first ? 0 : NEVER), 1, second ? 0 : NEVER);
        } else {
          const two = f64x2.add(v128.load(ahead + at + 16), v128.load(skip + at + 16));
          beta = logSum(v128.load(ahead + at), v128.load(ahead + at + 8), two);
        }
        const part = exp2x(f64x2.sub(f64x2.add(v128.load(now + at), beta), f64x2.splat(total)));
        gather(share, own, blank, i - 2, S, f64x2.extract_lane(part, 0));
        gather(share, own, blank, i - 1, S, f64x2.extract_lane(part, 1));
        v128.store(ahead + at, f64x2.pmax(f64x2.add(beta, v128.load(emission + at)), f64x2.splat(NEVER)));
      }
      f64.store(ahead, NEVER);
      f64.store(ahead + 8, NEVER);
      f64.store(ahead + doubles(W - 2), NEVER);
      f64.store(ahead + doubles(W - 1), NEVER);
      const largest = rowMax(z, V), most = <f64>largest, scale = NativeMath.exp(most - sum);
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

// @ts-ignore: decorator
@inline
function slope(dz: usize, share: usize, j: i32, factor: f64, p: f64): void {
  const d = <f32>(factor * (p - f64.load(share + doubles(j))));
  f32.store(dz + bytes(j), f32.load(dz + bytes(j)) + flushTinyScalar(d));
}

// @ts-ignore: decorator
@inline
function gather(share: usize, labels: usize, blank: i32, s: i32, S: i32, part: f64): void {
  if (s >= S) return;
  const at = share + doubles(classOf(labels, s, blank));
  f64.store(at, f64.load(at) + part);
}
