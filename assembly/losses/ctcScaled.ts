import { bytes } from "../math/lanes";
import { rowMax } from "../math/softmax";
import { exp2x } from "./ctcMath";

/**
 * The ways through one sequence in probabilities, each step's scaled by the largest: no exponential or logarithm a state, as
 * in ctcLogs.ts. It gives up where what is scaled away might count: then only logs tell.
 */

/** Powers below that are not told apart from 0. */
const LOWEST: f64 = -600;
/** What a step's ways there and back must add up to, beside the largest of each: all that was lost is far below. */
const LEAST: f64 = 1e-250;

// @ts-ignore: decorator
@inline
function doubles(n: i32): usize {
  return (<usize>n) << 3;
}

/** e^(z - largest) of a row, over their sum. Returns the log of the sum of e^z; NaN where a power is too small. */
function probabilities(out: usize, z: usize, V: i32): f64 {
  const largest = <f64>rowMax(z, V), shift = f64x2.splat(largest);
  let sums = f64x2.splat(0), least = f64x2.splat(0);
  let j = 0;
  for (; j + 2 <= V; j += 2) {
    const x = f64x2.sub(f64x2.promote_low_f32x4(v128.load64_zero(z + bytes(j))), shift);
    const e = exp2x(x);
    least = f64x2.pmin(least, x);
    sums = f64x2.add(sums, e);
    v128.store(out + doubles(j), e);
  }
  if (j < V) {
    const x = f64x2.sub(f64x2.splat(<f64>f32.load(z + bytes(j))), shift);
    const e = exp2x(x);
    least = f64x2.pmin(least, x);
    sums = f64x2.add(sums, f64x2.replace_lane(e, 1, 0));
    f64.store(out + doubles(j), f64x2.extract_lane(e, 0));
  }
  if (!(min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1)) > LOWEST)) return NaN;
  const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1), part = f64x2.splat(1 / sum);
  for (j = 0; j < V; j += 2) v128.store(out + doubles(j), f64x2.mul(v128.load(out + doubles(j)), part));
  return largest + NativeMath.log(sum);
}

/** What the states say, label after label. */
// @ts-ignore: decorator
@inline
function says(out: usize, p: usize, labels: usize, blank: i32, S: i32): void {
  const silent = f64.load(p + doubles(blank));
  for (let s = 0; s < S; s += 2) {
    f64.store(out + doubles(s), silent);
    if (s + 1 < S) f64.store(out + doubles(s + 1), f64.load(p + doubles(load<i32>(labels + bytes(s >> 1)))));
  }
}

/** The larger of the two. */
// @ts-ignore: decorator
@inline
function largestOf(x: v128): f64 {
  return max(f64x2.extract_lane(x, 0), f64x2.extract_lane(x, 1));
}

/**
 * alpha   [T, W]   f64  out  posteriors of states at each step; the others are left as they are
 * logZ    [T]      f64  out  logs of the sums of powers of each step's logits
 * work    [4 · W + T · (V + 1)] f64  scratch
 * logits  [.., V]       in   rows says which are a step's
 * Returns the log of the probability of the labels; NaN: numbers are too far apart.
 */
export function ctcScaledPosteriors(
  alpha: usize, logZ: usize, work: usize, logits: usize, labels: usize, rows: usize, length: i32, blank: i32, V: i32, S: i32,
  W: i32,
): f64 {
  const ahead = work, skip = work + doubles(W), emission = skip + doubles(W), table = emission + doubles(2 * W);
  const even = (V + 1) & ~1;
  memory.fill(work, 0, doubles(4 * W));
  for (let s = 3; s < S; s += 2) {
    const own = labels + bytes(s >> 1);
    if (load<i32>(own) != load<i32>(own - 4)) f64.store(skip + doubles(s + 2), 1);
  }
  let log: f64 = 0, largest: f64 = 1, last: usize = 0;
  for (let t = 0; t < length; t++) {
    const p = table + doubles(t * even), now = alpha + doubles(t * W);
    const sum = probabilities(p, logits + bytes(load<i32>(rows + bytes(t)) * V), V);
    if (isNaN(sum)) return NaN;
    f64.store(logZ + doubles(t), sum);
    says(emission + 16, p, labels, blank, S);
    if (t == 0) {
      memory.fill(now, 0, doubles(W));
      for (let s = 0; s < min(2, S); s++) f64.store(now + doubles(s + 2), f64.load(emission + doubles(s + 2)));
      largest = max(f64.load(now + 16), f64.load(now + 24));
    } else {
      const scale = f64x2.splat(1 / largest);
      let most = f64x2.splat(0);
      v128.store(now, most);
      for (let i = 2; i < W - 2; i += 2) {
        const at = doubles(i);
        const over = f64x2.mul(v128.load(last + at - 16), v128.load(skip + at));
        const ways = f64x2.add(f64x2.add(v128.load(last + at), v128.load(last + at - 8)), over);
        const next = f64x2.mul(f64x2.mul(ways, scale), v128.load(emission + at));
        most = f64x2.pmax(most, next);
        v128.store(now + at, next);
      }
      v128.store(now + doubles(W - 2), f64x2.splat(0));
      largest = largestOf(most);
    }
    if (!(largest > LEAST)) return NaN;
    log += NativeMath.log(largest);
    last = now;
  }
  const end = last + doubles(S + 1), ends = f64.load(end) + f64.load(end - 8);
  if (!(ends > LEAST * largest)) return NaN;
  log += NativeMath.log(ends / largest);

  // Back: `ahead` has, before a step, what its states and those after them say.
  largest = 1;
  for (let t = length - 1; t >= 0; t--) {
    const now = alpha + doubles(t * W), scale = f64x2.splat(1 / largest);
    says(emission + 16, table + doubles(t * even), labels, blank, S);
    let sum = f64x2.splat(0), most = f64x2.splat(0), own = f64x2.splat(0), beta = f64x2.splat(0);
    for (let i = 2; i < W - 2; i += 2) {
      const at = doubles(i);
      if (t == length - 1) {
        const first = i == S || i == S + 1, second = i + 1 == S || i + 1 == S + 1;
        beta = f64x2.replace_lane(f64x2.splat(first ? 1 : 0), 1, second ? 1 : 0);
      } else {
        const over = f64x2.mul(v128.load(ahead + at + 16), v128.load(skip + at + 16));
        beta = f64x2.mul(f64x2.add(f64x2.add(v128.load(ahead + at), v128.load(ahead + at + 8)), over), scale);
      }
      const alphaNow = v128.load(now + at), part = f64x2.mul(alphaNow, beta);
      own = f64x2.pmax(own, alphaNow);
      most = f64x2.pmax(most, beta);
      sum = f64x2.add(sum, part);
      v128.store(now + at, part);
      v128.store(ahead + at, f64x2.mul(beta, v128.load(emission + at)));
    }
    const total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    largest = largestOf(most);
    if (!(total > LEAST * largest * largestOf(own))) return NaN;
    const share = f64x2.splat(1 / total);
    for (let i = 2; i < W - 2; i += 2) v128.store(now + doubles(i), f64x2.mul(v128.load(now + doubles(i)), share));
  }
  return log;
}
