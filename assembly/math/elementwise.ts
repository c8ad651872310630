import { bytes, flushTiny, loadTail, storeTail } from "./lanes";

/**
 * y  [n]  in/out  accumulated: y += x
 * x  [n]  in
 */
export function add(y: usize, x: usize, n: i32): void {
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, f32x4.add(v128.load(y + i), v128.load(x + i)));
  const rest = n & 3;
  storeTail(y + whole, f32x4.add(loadTail(y + whole, rest), loadTail(x + whole, rest)), rest);
}

/** y += factor·x */
// @ts-ignore: decorator
@inline
export function addScaled(y: usize, x: usize, factor: f32, n: i32): void {
  const f = f32x4.splat(factor);
  const whole = bytes(n & ~3), rest = n & 3;
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(y + i, f32x4.add(v128.load(y + i), f32x4.mul(v128.load(x + i), f)));
  }
  if (rest) {
    storeTail(y + whole, f32x4.add(loadTail(y + whole, rest), f32x4.mul(loadTail(x + whole, rest), f)), rest);
  }
}

/**
 * y  [n]  in/out  y *= factor; what becomes tiny becomes 0
 */
export function scaleInPlace(y: usize, factor: f32, n: i32): void {
  const f = f32x4.splat(factor);
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) v128.store(y + i, flushTiny(f32x4.mul(v128.load(y + i), f)));
  storeTail(y + whole, flushTiny(f32x4.mul(loadTail(y + whole, n & 3), f)), n & 3);
}

/**
 * Copies a matrix between buffers with rows of different length (columns of a wider one, or back).
 *
 * y  [rows, columns]  out  assigned; row stride yStride elements
 * x  [rows, columns]  in   row stride xStride elements
 */
export function copyRows(y: usize, yStride: i32, x: usize, xStride: i32, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(y + bytes(r * yStride), x + bytes(r * xStride), bytes(columns));
  }
}

/**
 * y  [rows, columns]  in/out  accumulated; row stride yStride elements
 * x  [rows, columns]  in      row stride xStride elements
 */
export function addRows(y: usize, yStride: i32, x: usize, xStride: i32, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++) add(y + bytes(r * yStride), x + bytes(r * xStride), columns);
}

/**
 * Sums over rows: the gradient of a bias.
 *
 * y  [columns]        in/out  accumulated
 * x  [rows, columns]  in
 */
export function sumRows(y: usize, x: usize, rows: i32, columns: i32): void {
  let j = 0;
  // Four vectors of columns at a time, so that a pass over x reads whole cache lines.
  for (; j + 16 <= columns; j += 16) {
    let a = f32x4.splat(0), b = a, c = a, d = a;
    let p = x + bytes(j);
    for (let r = 0; r < rows; r++, p += bytes(columns)) {
      a = f32x4.add(a, v128.load(p));
      b = f32x4.add(b, v128.load(p, 16));
      c = f32x4.add(c, v128.load(p, 32));
      d = f32x4.add(d, v128.load(p, 48));
    }
    const q = y + bytes(j);
    v128.store(q, f32x4.add(v128.load(q), a));
    v128.store(q, f32x4.add(v128.load(q, 16), b), 16);
    v128.store(q, f32x4.add(v128.load(q, 32), c), 32);
    v128.store(q, f32x4.add(v128.load(q, 48), d), 48);
  }
  for (; j < columns; j++) {
    let sum: f32 = 0;
    let p = x + bytes(j);
    for (let r = 0; r < rows; r++, p += bytes(columns)) sum += f32.load(p);
    f32.store(y + bytes(j), f32.load(y + bytes(j)) + sum);
  }
}

/**
 * The index of the first NaN or infinity, or -1.
 *
 * x  [n]  in
 */
export function firstNonFinite(x: usize, n: i32): i32 {
  // x - x is 0 for finite numbers and NaN otherwise.
  const whole = n & ~3;
  const zero = f32x4.splat(0);
  let i = 0;
  for (; i < whole; i += 4) {
    const v = v128.load(x + bytes(i));
    if (!i32x4.all_true(f32x4.eq(f32x4.sub(v, v), zero))) break;
  }
  for (; i < n; i++) {
    if (!isFinite(f32.load(x + bytes(i)))) return i;
  }
  return -1;
}

/**
 * The sum of squares in f64, the building block of norms.
 *
 * x  [n]  in
 */
export function sumOfSquares(x: usize, n: i32): f64 {
  let a = f64x2.splat(0), b = a;
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) {
    const v = v128.load(x + i);
    const low = f64x2.promote_low_f32x4(v);
    const high = f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 0));
    a = f64x2.add(a, f64x2.mul(low, low));
    b = f64x2.add(b, f64x2.mul(high, high));
  }
  const pair = f64x2.add(a, b);
  let sum = f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
  for (let i = 0; i < (n & 3); i++) {
    const v = <f64>f32.load(x + whole + bytes(i));
    sum += v * v;
  }
  return sum;
}

/**
 * x  [n]  in/out  every element brought into [-limit, limit]
 */
export function clipValue(x: usize, limit: f32, n: i32): void {
  const high = f32x4.splat(limit), low = f32x4.splat(-limit);
  const whole = bytes(n & ~3);
  for (let i: usize = 0; i < whole; i += 16) {
    v128.store(x + i, f32x4.pmax(f32x4.pmin(v128.load(x + i), high), low));
  }
  const rest = n & 3;
  storeTail(x + whole, f32x4.pmax(f32x4.pmin(loadTail(x + whole, rest), high), low), rest);
}
