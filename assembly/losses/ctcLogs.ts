import { bytes } from "../math/lanes";
import { rowMax } from "../math/softmax";
import { exp2x, log1to3, NEVER, sumOfPowers } from "./ctcMath";

/** The same as ctcScaled.ts in logs: for whatever numbers. */

// @ts-ignore: decorator
@inline
function doubles(n: i32): usize {
  return (<usize>n) << 3;
}

/** Logs of the probabilities of what the states say at a step; states that are not there are never reached. */
function says(out: usize, logits: usize, logZ: f64, labels: usize, blank: i32, S: i32, W: i32): void {
  for (let i = 0; i < W; i++) {
    const s = i - 2, there = s >= 0 && s < S;
    const own = s & 1 ? load<i32>(labels + bytes(there ? s >> 1 : 0)) : blank;
    f64.store(out + doubles(i), there ? <f64>f32.load(logits + bytes(own)) - logZ : NEVER);
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

export function ctcLogPosteriors(
  alpha: usize, logZ: usize, work: usize, logits: usize, labels: usize, rows: usize, length: i32, blank: i32, V: i32, S: i32,
  W: i32,
): f64 {
  const ahead = work, skip = work + doubles(W), emission = skip + doubles(W);
  skips(skip, labels, S, W);
  let last: usize = 0;
  for (let t = 0; t < length; t++) {
    const z = logits + bytes(load<i32>(rows + bytes(t)) * V);
    const largest = rowMax(z, V), sum = <f64>largest + NativeMath.log(sumOfPowers(z, largest, V));
    f64.store(logZ + doubles(t), sum);
    says(emission, z, sum, labels, blank, S, W);
    const now = alpha + doubles(t * W);
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
  const end = last + doubles(S + 1), a = f64.load(end), b = f64.load(end - 8), most = max(a, b);
  const total = most + NativeMath.log(NativeMath.exp(a - most) + NativeMath.exp(b - most));
  for (let t = length - 1; t >= 0; t--) {
    const now = alpha + doubles(t * W);
    says(emission, logits + bytes(load<i32>(rows + bytes(t)) * V), f64.load(logZ + doubles(t)), labels, blank, S, W);
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
      v128.store(now + at, exp2x(f64x2.sub(f64x2.add(v128.load(now + at), beta), f64x2.splat(total))));
      v128.store(ahead + at, f64x2.pmax(f64x2.add(beta, v128.load(emission + at)), f64x2.splat(NEVER)));
    }
    f64.store(ahead, NEVER);
    f64.store(ahead + 8, NEVER);
    f64.store(ahead + doubles(W - 2), NEVER);
    f64.store(ahead + doubles(W - 1), NEVER);
  }
  return total;
}
