import { bytes, loadTail, storeTail } from "./lanes";

/** Operations on two operands by number: embed.js gives them to src/. */
export const ADD: i32 = 0;
export const SUBTRACT: i32 = 1;
export const MULTIPLY: i32 = 2;
export const DIVIDE: i32 = 3;
export const MAXIMUM: i32 = 4;
export const MINIMUM: i32 = 5;
export const GREATER: i32 = 6;

// With a constant kind the compiler keeps one branch.
// @ts-ignore: decorator
@inline
function combine4(a: v128, b: v128, kind: i32): v128 {
  if (kind == ADD) return f32x4.add(a, b);
  if (kind == SUBTRACT) return f32x4.sub(a, b);
  if (kind == MULTIPLY) return f32x4.mul(a, b);
  if (kind == MAXIMUM) return f32x4.max(a, b);
  if (kind == MINIMUM) return f32x4.min(a, b);
  if (kind == GREATER) return v128.and(f32x4.gt(a, b), f32x4.splat(1));
  return f32x4.div(a, b);
}

/** dy where a is above b, half of it where they are equal. */
// @ts-ignore: decorator
@inline
function whereAbove4(dy: v128, a: v128, b: v128): v128 {
  const shared = v128.and(f32x4.mul(dy, f32x4.splat(0.5)), f32x4.eq(a, b));
  return v128.or(v128.and(dy, f32x4.gt(a, b)), shared);
}

/** dy times the derivative by a. */
// @ts-ignore: decorator
@inline
function slopeLeft4(dy: v128, a: v128, b: v128, kind: i32): v128 {
  if (kind == GREATER) return f32x4.splat(0);
  if (kind == MAXIMUM) return whereAbove4(dy, a, b);
  if (kind == MINIMUM) return whereAbove4(dy, b, a);
  if (kind == MULTIPLY) return f32x4.mul(dy, b);
  if (kind == DIVIDE) return f32x4.div(dy, b);
  return dy;
}

/** dy times the derivative by b. */
// @ts-ignore: decorator
@inline
function slopeRight4(dy: v128, a: v128, b: v128, kind: i32): v128 {
  if (kind == SUBTRACT) return f32x4.neg(dy);
  if (kind == MULTIPLY) return f32x4.mul(dy, a);
  if (kind == DIVIDE) return f32x4.neg(f32x4.div(f32x4.mul(dy, f32x4.div(a, b)), b));
  if (kind == GREATER) return f32x4.splat(0);
  if (kind == MAXIMUM) return whereAbove4(dy, b, a);
  if (kind == MINIMUM) return whereAbove4(dy, a, b);
  return dy;
}

/**
 * y = a + b, a - b, a·b, a / b, the larger or the smaller of the two, NaN where one is NaN, or 1 where a > b, else 0.
 *
 * y  [rows, columns]  out  assigned
 * a  [rows, columns]  in   row stride aStride elements: columns, or 0 for one row for all
 * b  [rows, columns]  in   row stride bStride elements, likewise
 */
export function arithmeticForward(
  y: usize, a: usize, aStride: i32, b: usize, bStride: i32, kind: i32, rows: i32, columns: i32,
): void {
  if (kind == ADD) forward(y, a, aStride, b, bStride, ADD, rows, columns);
  else if (kind == SUBTRACT) forward(y, a, aStride, b, bStride, SUBTRACT, rows, columns);
  else if (kind == MULTIPLY) forward(y, a, aStride, b, bStride, MULTIPLY, rows, columns);
  else if (kind == DIVIDE) forward(y, a, aStride, b, bStride, DIVIDE, rows, columns);
  else if (kind == MAXIMUM) forward(y, a, aStride, b, bStride, MAXIMUM, rows, columns);
  else if (kind == MINIMUM) forward(y, a, aStride, b, bStride, MINIMUM, rows, columns);
  else forward(y, a, aStride, b, bStride, GREATER, rows, columns);
}

// @ts-ignore: decorator
@inline
function forward(y: usize, a: usize, aStride: i32, b: usize, bStride: i32, kind: i32, rows: i32, columns: i32): void {
  const whole = bytes(columns & ~3), rest = columns & 3;
  for (let r = 0; r < rows; r++, y += bytes(columns), a += bytes(aStride), b += bytes(bStride)) {
    for (let j: usize = 0; j < whole; j += 16) {
      v128.store(y + j, combine4(v128.load(a + j), v128.load(b + j), kind));
    }
    if (rest) storeTail(y + whole, combine4(loadTail(a + whole, rest), loadTail(b + whole, rest), kind), rest);
  }
}

/**
 * da  [rows, columns]  in/out  accumulated, over rows where aStride is 0; pointer 0 if not wanted; may be db
 * db  [rows, columns]  in/out  likewise; of equal numbers the larger, or smaller, is each by half
 * dy  [rows, columns]  in
 * a, b, strides        in      as in arithmeticForward
 */
export function arithmeticBackward(
  da: usize, db: usize, dy: usize, a: usize, aStride: i32, b: usize, bStride: i32, kind: i32, rows: i32, columns: i32,
): void {
  if (kind == ADD) backward(da, db, dy, a, aStride, b, bStride, ADD, rows, columns);
  else if (kind == SUBTRACT) backward(da, db, dy, a, aStride, b, bStride, SUBTRACT, rows, columns);
  else if (kind == MULTIPLY) backward(da, db, dy, a, aStride, b, bStride, MULTIPLY, rows, columns);
  else if (kind == DIVIDE) backward(da, db, dy, a, aStride, b, bStride, DIVIDE, rows, columns);
  else if (kind == MAXIMUM) backward(da, db, dy, a, aStride, b, bStride, MAXIMUM, rows, columns);
  else if (kind == MINIMUM) backward(da, db, dy, a, aStride, b, bStride, MINIMUM, rows, columns);
  else backward(da, db, dy, a, aStride, b, bStride, GREATER, rows, columns);
}

// @ts-ignore: decorator
@inline
function backward(
  da: usize, db: usize, dy: usize, a: usize, aStride: i32, b: usize, bStride: i32, kind: i32, rows: i32, columns: i32,
): void {
  const whole = bytes(columns & ~3), rest = columns & 3;
  const aStep = bytes(aStride), bStep = bytes(bStride);
  for (let r = 0; r < rows; r++, dy += bytes(columns), a += aStep, b += bStep) {
    for (let j: usize = 0; j < whole; j += 16) {
      const d = v128.load(dy + j), bj = v128.load(b + j);
      if (da) v128.store(da + j, f32x4.add(v128.load(da + j), slopeLeft4(d, v128.load(a + j), bj, kind)));
      if (db) v128.store(db + j, f32x4.add(v128.load(db + j), slopeRight4(d, v128.load(a + j), bj, kind)));
    }
    if (rest) {
      const d = loadTail(dy + whole, rest), bj = loadTail(b + whole, rest);
      if (da) storeTail(da + whole, f32x4.add(loadTail(da + whole, rest), slopeLeft4(d, loadTail(a + whole, rest), bj, kind)), rest);
      if (db) {
        const right = slopeRight4(d, loadTail(a + whole, rest), bj, kind);
        storeTail(db + whole, f32x4.add(loadTail(db + whole, rest), right), rest);
      }
    }
    if (da) da += aStep;
    if (db) db += bStep;
  }
}
