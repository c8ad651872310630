import { exp4 } from "../math/exp";
import { bytes, loadTail, storeTail, sumLanes } from "../math/lanes";
import { tanh4 } from "../math/tanh";

/**
 * Softmax of scores·scale over what a query may see; what it may not see is 0. Where it may see nothing, all is 1 / K.
 *
 * y       [N, heads, Q, K]  out  assigned; may be x
 * x       [N, heads, Q, K]  in
 * mask    [N, K] of i32     in   0: hidden; pointer 0: none is
 * causal                         whether query i sees keys 0..i alone
 */
export function attentionSoftmax(y: usize, x: usize, mask: usize, causal: bool, scale: f32, N: i32, heads: i32, Q: i32, K: i32): void {
  for (let n = 0; n < N; n++, mask += mask ? bytes(K) : 0) {
    for (let i = 0; i < heads * Q; i++, x += bytes(K), y += bytes(K)) {
      attend(y, x, mask, scale, causal ? min(i % Q + 1, K) : K, K);
    }
  }
}

/** One row, of which the first `seen` are to be seen. */
function attend(y: usize, x: usize, mask: usize, scale: f32, seen: i32, K: i32): void {
  let largest: f32 = -Infinity;
  for (let j = 0; j < seen; j++) {
    if (mask && load<i32>(mask + bytes(j)) == 0) continue;
    largest = max(largest, f32.load(x + bytes(j)) * scale);
  }
  const none = largest == -Infinity;
  let sum: f32 = 0;
  for (let j = 0; j < K; j += 4) {
    const at = bytes(j), rest = min(K - j, 4);
    const scores = rest == 4 ? v128.load(x + at) : loadTail(x + at, rest);
    let e = exp4(f32x4.sub(f32x4.mul(scores, f32x4.splat(scale)), f32x4.splat(largest)));
    if (none) e = f32x4.splat(1);
    else if (mask || j + 4 > seen) e = v128.and(e, visible4(mask ? mask + at : 0, j, min(seen, K)));
    if (rest == 4) v128.store(y + at, e);
    else storeTail(y + at, e, rest);
    if (rest < 4) for (let k = 0; k < rest; k++) sum += f32.load(y + at + bytes(k));
    else sum += sumLanes(e);
  }
  for (let j = 0; j < K; j++) f32.store(y + bytes(j), f32.load(y + bytes(j)) / sum);
}

/** All bits in the lanes j..j+3 that are to be seen. */
// @ts-ignore: decorator
@inline
function visible4(mask: usize, j: i32, seen: i32): v128 {
  let lanes = i32x4.splat(0);
  if (j < seen && (mask == 0 || load<i32>(mask) != 0)) lanes = i32x4.replace_lane(lanes, 0, -1);
  if (j + 1 < seen && (mask == 0 || load<i32>(mask, 4) != 0)) lanes = i32x4.replace_lane(lanes, 1, -1);
  if (j + 2 < seen && (mask == 0 || load<i32>(mask, 8) != 0)) lanes = i32x4.replace_lane(lanes, 2, -1);
  if (j + 3 < seen && (mask == 0 || load<i32>(mask, 12) != 0)) lanes = i32x4.replace_lane(lanes, 3, -1);
  return lanes;
}

/**
 * dx  [rows, K]  in/out  accumulated: scale·y·(dy - sum(dy·y))
 * dy  [rows, K]  in
 * y   [rows, K]  in      the output of attentionSoftmax
 */
export function attentionSoftmaxBackward(dx: usize, dy: usize, y: usize, scale: f32, rows: i32, K: i32): void {
  const whole = bytes(K & ~3), rest = K & 3;
  for (let r = 0; r < rows; r++, dx += bytes(K), dy += bytes(K), y += bytes(K)) {
    let sums = f32x4.splat(0);
    for (let j: usize = 0; j < whole; j += 16) sums = f32x4.add(sums, f32x4.mul(v128.load(dy + j), v128.load(y + j)));
    const dot = f32x4.splat(sumLanes(f32x4.add(sums, f32x4.mul(loadTail(dy + whole, rest), loadTail(y + whole, rest)))));
    const factor = f32x4.splat(scale);
    for (let j: usize = 0; j < whole; j += 16) {
      const d = f32x4.mul(f32x4.mul(v128.load(y + j), factor), f32x4.sub(v128.load(dy + j), dot));
      v128.store(dx + j, f32x4.add(v128.load(dx + j), d));
    }
    const d = f32x4.mul(f32x4.mul(loadTail(y + whole, rest), factor), f32x4.sub(loadTail(dy + whole, rest), dot));
    storeTail(dx + whole, f32x4.add(loadTail(dx + whole, rest), d), rest);
  }
}

/**
 * Scores of additive attention (Bahdanau et al. 2015).
 *
 * scores  [N, Q, K]  out  assigned: Σ weight·tanh(query + key)
 * query   [N, Q, C]  in
 * key     [N, K, C]  in
 * weight  [C]        in
 */
export function attentionAdditiveForward(
  scores: usize, query: usize, key: usize, weight: usize, N: i32, Q: i32, K: i32, C: i32,
): void {
  const row = bytes(C), whole = bytes(C & ~3), rest = C & 3;
  for (let n = 0; n < N; n++, key += bytes(K * C)) {
    for (let i = 0; i < Q; i++, query += row) {
      for (let j = 0, k = key; j < K; j++, k += row, scores += 4) {
        let sum = f32x4.splat(0);
        for (let c: usize = 0; c < whole; c += 16) {
          sum = f32x4.add(sum, f32x4.mul(v128.load(weight + c), tanh4(f32x4.add(v128.load(query + c), v128.load(k + c)))));
        }
        if (rest) {
          const t = tanh4(f32x4.add(loadTail(query + whole, rest), loadTail(k + whole, rest)));
          sum = f32x4.add(sum, f32x4.mul(loadTail(weight + whole, rest), t));
        }
        f32.store(scores, sumLanes(sum));
      }
    }
  }
}

/**
 * dQuery, dKey, dWeight  as query, key, weight  in/out  accumulated; all three
 * dScores                [N, Q, K]              in
 * query, key, weight                            in
 */
export function attentionAdditiveBackward(
  dQuery: usize, dKey: usize, dWeight: usize, dScores: usize, query: usize, key: usize, weight: usize,
  N: i32, Q: i32, K: i32, C: i32,
): void {
  const row = bytes(C);
  const one = f32x4.splat(1);
  for (let n = 0; n < N; n++, key += bytes(K * C), dKey += bytes(K * C)) {
    for (let i = 0; i < Q; i++, query += row, dQuery += row) {
      for (let j = 0, at: usize = 0; j < K; j++, at += row, dScores += 4) {
        const d = f32x4.splat(f32.load(dScores));
        for (let c = 0; c < C; c += 4) {
          const p = bytes(c), rest = min(C - c, 4);
          const t = tanh4(f32x4.add(loadSome(query + p, rest), loadSome(key + at + p, rest)));
          addSome(dWeight + p, f32x4.mul(d, t), rest);
          const slope = f32x4.mul(f32x4.mul(d, loadSome(weight + p, rest)), f32x4.sub(one, f32x4.mul(t, t)));
          addSome(dQuery + p, slope, rest);
          addSome(dKey + at + p, slope, rest);
        }
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function loadSome(p: usize, n: i32): v128 {
  return n == 4 ? v128.load(p) : loadTail(p, n);
}

// @ts-ignore: decorator
@inline
function addSome(p: usize, v: v128, n: i32): void {
  if (n == 4) v128.store(p, f32x4.add(v128.load(p), v));
  else storeTail(p, f32x4.add(loadTail(p, n), v), n);
}
