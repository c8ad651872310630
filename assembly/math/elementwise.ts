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
 * y  [columns]        in/out  accumulated, row after row
 * x  [rows, columns]  in
 */
export function sumRows(y: usize, x: usize, rows: i32, columns: i32): void {
  const row = bytes(columns), whole = bytes(columns & ~3);
  let r = 0;
  // Four rows in one pass over y, so that memory is read straight through and y is stored a quarter as often.
  for (; r + 4 <= rows; r += 4) {
    const x1 = x + row, x2 = x1 + row, x3 = x2 + row;
    for (let j: usize = 0; j < whole; j += 16) {
      const first = f32x4.add(f32x4.add(v128.load(y + j), v128.load(x + j)), v128.load(x1 + j));
      v128.store(y + j, f32x4.add(f32x4.add(first, v128.load(x2 + j)), v128.load(x3 + j)));
    }
    for (let j = whole; j < row; j += 4) {
      const first = f32.load(y + j) + f32.load(x + j) + f32.load(x1 + j);
      f32.store(y + j, first + f32.load(x2 + j) + f32.load(x3 + j));
    }
    x = x3 + row;
  }
  for (; r < rows; r++, x += row) add(y, x, columns);
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
 * The index of the first infinity, or -1; NaN passes.
 *
 * x  [n]  in
 */
export function firstInfinite(x: usize, n: i32): i32 {
  for (let i = 0; i < n; i++) if (abs(f32.load(x + bytes(i))) == Infinity) return i;
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
