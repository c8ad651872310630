import { bytes, flushTiny, loadTail, padded, storeTail, sumLanes } from "./lanes";

/**
 * Layer normalization of one row, for layers/layerNorm.ts and recurrent/normalizedGates.ts. A row is `parts` times n numbers.
 * In gates (known to the compiler) each part is padded to whole vectors; else there is one part, without padding, which ends
 * in up to three numbers more.
 */

/** Where the vector that ends a part begins, in bytes. It may be empty where there is no padding. */
// @ts-ignore: decorator
@inline
function lastAt(n: i32, inGates: bool): usize {
  return bytes(inGates ? padded(n) - 4 : n & ~3);
}

/** Its lanes that are real. */
// @ts-ignore: decorator
@inline
function lastLanes(n: i32, inGates: bool): v128 {
  return i32x4.lt_s(i32x4(0, 1, 2, 3), i32x4.splat(inGates ? ((n - 1) & 3) + 1 : n & 3));
}

// Functions: inside a loop over rows they are called a few times a row, and inlined they would be most of the code.
function takeTail(p: usize, n: i32): v128 {
  return loadTail(p, n & 3);
}

function putTail(p: usize, v: v128, n: i32): void {
  storeTail(p, v, n & 3);
}

// @ts-ignore: decorator
@inline
function takeLast(p: usize, n: i32, inGates: bool): v128 {
  return inGates ? v128.load(p) : takeTail(p, n);
}

// @ts-ignore: decorator
@inline
function putLast(p: usize, v: v128, n: i32, inGates: bool): void {
  if (inGates) v128.store(p, v);
  else putTail(p, v, n);
}

/** 2^-70: the largest numbers times it have squares, and sums of those. */
const SMALLER: f32 = 8.470329472543003e-22;

/** What `attempt` returns where the sum, or the squares, are no float32 numbers. */
const SUM_TOO_LARGE: f32 = -1;
const SQUARES_TOO_LARGE: f32 = -2;

/** A row whose sum or squares are no float32 numbers. To them any epsilon is 0; only rows of one number need some. */
function normalizeLarge(y: usize, x: usize, parts: i32, n: i32, inGates: bool): f32 {
  const row = bytes(inGates ? padded(n) : n), last = lastAt(n, inGates), smaller = f32x4.splat(SMALLER);
  for (let g: usize = 0, size = <usize>parts * row; g < size; g += row) {
    for (let j = g; j < g + last; j += 16) v128.store(y + j, f32x4.mul(v128.load(x + j), smaller));
    putLast(y + g + last, f32x4.mul(takeLast(x + g + last, n, inGates), smaller), n, inGates);
  }
  return SMALLER * attempt(y, y, 1e-30, parts, n, inGates, true);
}

/**
 * (x - mean) / deviation. Returns 1 / deviation.
 *
 * y  [parts, n]  out  assigned, 0 in the padding; may be x
 * x  [parts, n]  in   its padding may be anything finite
 */
// @ts-ignore: decorator
@inline
export function normalizeRow(y: usize, x: usize, epsilon: f32, parts: i32, n: i32, inGates: bool): f32 {
  const inverse = attempt(y, x, epsilon, parts, n, inGates, false);
  if (!(inverse < 0)) return inverse;
  // Distances from the mean, which y has by then, are as good as x, which may be y.
  return normalizeLarge(y, inverse == SUM_TOO_LARGE ? x : y, parts, n, inGates);
}

/** The same where nothing overflows; else one of the numbers above, unless it is the `lastOne`: of an infinity is NaN. */
// @ts-ignore: decorator
@inline
function attempt(y: usize, x: usize, epsilon: f32, parts: i32, n: i32, inGates: bool, lastOne: bool): f32 {
  const row = bytes(inGates ? padded(n) : n), size = <usize>parts * row, last = lastAt(n, inGates);
  const real = lastLanes(n, inGates), share: f32 = 1 / <f32>(parts * n);
  let sum = f32x4.splat(0);
  for (let g: usize = 0; g < size; g += row) {
    for (let j: usize = 0; j < last; j += 16) sum = f32x4.add(sum, v128.load(x + g + j));
    sum = f32x4.add(sum, v128.and(takeLast(x + g + last, n, inGates), real));
  }
  const total = sumLanes(sum), mean = f32x4.splat(total * share);
  if (!lastOne && !(abs(total) < Infinity)) return SUM_TOO_LARGE;
  let squares = f32x4.splat(0), rest = f32x4.splat(0);
  for (let g: usize = 0; g < size; g += row) {
    for (let j: usize = 0; j < last; j += 16) {
      const d = f32x4.sub(v128.load(x + g + j), mean);
      squares = f32x4.add(squares, f32x4.mul(d, d));
      if (!inGates) rest = f32x4.add(rest, d);
      v128.store(y + g + j, d);
    }
    const d = v128.and(f32x4.sub(takeLast(x + g + last, n, inGates), mean), real);
    squares = f32x4.add(squares, f32x4.mul(d, d));
    if (!inGates) rest = f32x4.add(rest, d);
    putLast(y + g + last, d, n, inGates);
  }
  const spread = sumLanes(squares);
  if (!lastOne && !(spread < Infinity)) return SQUARES_TOO_LARGE;
  if (inGates) {
    const inverse: f32 = 1 / sqrt<f32>(spread * share + epsilon);
    for (let j: usize = 0; j < size; j += 16) v128.store(y + j, f32x4.mul(v128.load(y + j), f32x4.splat(inverse)));
    return inverse;
  }
  // A mean far from 0 is rounded by more than the distances from it can bear: their own mean tells by how much.
  const off = sumLanes(rest) * share;
  const inverse: f32 = 1 / sqrt<f32>(max<f32>(spread * share - off * off, 0) + epsilon);
  const offset = f32x4.splat(off), factor = f32x4.splat(inverse);
  for (let j: usize = 0; j < last; j += 16) v128.store(y + j, f32x4.mul(f32x4.sub(v128.load(y + j), offset), factor));
  putTail(y + last, f32x4.mul(f32x4.sub(takeTail(y + last, n), offset), factor), n);
  return inverse;
}

/** dy·gain; gain is a pointer, 0 for none. */
// @ts-ignore: decorator
@inline
function scaled(dy: usize, gain: usize, j: usize): v128 {
  return gain ? f32x4.mul(v128.load(dy + j), v128.load(gain + j)) : v128.load(dy + j);
}

// @ts-ignore: decorator
@inline
function scaledTail(dy: usize, gain: usize, j: usize, n: i32): v128 {
  const d = takeTail(dy + j, n);
  return gain ? f32x4.mul(d, takeTail(gain + j, n)) : d;
}

// @ts-ignore: decorator
@inline
function gradient4(d: v128, normalized: v128, mean: v128, slope: v128, factor: v128): v128 {
  return flushTiny(f32x4.mul(f32x4.sub(f32x4.sub(d, mean), f32x4.mul(normalized, slope)), factor));
}

/**
 * What a gradient of gates may be at most. Where a row was constant, as after silence at the beginning, each step back multiplies it by up
 * to 1 / (4 epsilon): after a few more it would be infinite, then NaN, and nothing could be learned of the steps that are not silent.
 */
const MOST: f32 = 1e15;

/** NaN stays NaN. */
// @ts-ignore: decorator
@inline
function bounded(v: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, f32x4.splat(-MOST)), f32x4.splat(MOST));
}

/**
 * Its gradient, (d - mean(d) - normalized · mean(d · normalized)) / deviation with d = dy·gain.
 *
 * dx          [parts, n]  in gates out, assigned, may be dy or normalized; else in/out, accumulated
 * dy          [parts, n]  in
 * gain        [parts, n]  in   0 in the padding; without gates pointer 0 for none
 * normalized  [parts, n]  in   0 in the padding
 */
// @ts-ignore: decorator
@inline
export function normalizeRowBackward(
  dx: usize, dy: usize, gain: usize, normalized: usize, inverse: f32, parts: i32, n: i32, inGates: bool,
): void {
  const row = bytes(inGates ? padded(n) : n), size = <usize>parts * row, last = lastAt(n, inGates);
  const share: f32 = 1 / <f32>(parts * n);
  let sum = f32x4.splat(0), along = f32x4.splat(0);
  for (let j: usize = 0, end = inGates ? size : last; j < end; j += 16) {
    const d = inGates ? f32x4.mul(v128.load(dy + j), v128.load(gain + j)) : scaled(dy, gain, j);
    sum = f32x4.add(sum, d);
    along = f32x4.add(along, f32x4.mul(d, v128.load(normalized + j)));
  }
  if (!inGates && n & 3) {
    const d = scaledTail(dy, gain, last, n);
    sum = f32x4.add(sum, d);
    along = f32x4.add(along, f32x4.mul(d, takeTail(normalized + last, n)));
  }
  const mean = f32x4.splat(sumLanes(sum) * share), slope = f32x4.splat(sumLanes(along) * share);
  const factor = f32x4.splat(inverse);
  if (inGates) {
    const real = lastLanes(n, true);
    for (let g: usize = 0; g < size; g += row) {
      for (let j = g; j < g + row; j += 16) {
        const d = f32x4.mul(v128.load(dy + j), v128.load(gain + j));
        v128.store(dx + j, bounded(gradient4(d, v128.load(normalized + j), mean, slope, factor)));
      }
      const end = dx + g + last;
      v128.store(end, v128.and(v128.load(end), real));
    }
    return;
  }
  for (let j: usize = 0; j < last; j += 16) {
    const d = gradient4(scaled(dy, gain, j), v128.load(normalized + j), mean, slope, factor);
    v128.store(dx + j, f32x4.add(v128.load(dx + j), d));
  }
  if (n & 3) {
    const d = gradient4(scaledTail(dy, gain, last, n), takeTail(normalized + last, n), mean, slope, factor);
    putTail(dx + last, f32x4.add(takeTail(dx + last, n), d), n);
  }
}
