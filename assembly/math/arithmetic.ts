import { bytes, loadTail, storeTail } from "./lanes";

/** Operations on two operands by number: embed.js gives them to src/. */
export const ADD: i32 = 0;
export const SUBTRACT: i32 = 1;
export const MULTIPLY: i32 = 2;
export const DIVIDE: i32 = 3;

// With a constant kind the compiler keeps one branch.
// @ts-ignore: decorator
@inline
function combine4(a: v128, b: v128, kind: i32): v128 {
  if (kind == ADD) return f32x4.add(a, b);
  if (kind == SUBTRACT) return f32x4.sub(a, b);
  if (kind == MULTIPLY) return f32x4.mul(a, b);
  return f32x4.div(a, b);
}

/** dy times the derivative by a. */
// @ts-ignore: decorator
@inline
function slopeLeft4(dy: v128, b: v128, kind: i32): v128 {
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
  return dy;
}

/**
 * y = a + b, a - b, a·b or a / b.
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
  else forward(y, a, aStride, b, bStride, DIVIDE, rows, columns);
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
 * db  [rows, columns]  in/out  likewise
 * dy  [rows, columns]  in
 * a, b, strides        in      as in arithmeticForward
 */
export function arithmeticBackward(
  da: usize, db: usize, dy: usize, a: usize, aStride: i32, b: usize, bStride: i32, kind: i32, rows: i32, columns: i32,
): void {
  if (kind == ADD) backward(da, db, dy, a, aStride, b, bStride, ADD, rows, columns);
  else if (kind == SUBTRACT) backward(da, db, dy, a, aStride, b, bStride, SUBTRACT, rows, columns);
  else if (kind == MULTIPLY) backward(da, db, dy, a, aStride, b, bStride, MULTIPLY, rows, columns);
  else backward(da, db, dy, a, aStride, b, bStride, DIVIDE, rows, columns);
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
      if (da) v128.store(da + j, f32x4.add(v128.load(da + j), slopeLeft4(d, bj, kind)));
      if (db) v128.store(db + j, f32x4.add(v128.load(db + j), slopeRight4(d, v128.load(a + j), bj, kind)));
    }
    if (rest) {
      const d = loadTail(dy + whole, rest), bj = loadTail(b + whole, rest);
      if (da) storeTail(da + whole, f32x4.add(loadTail(da + whole, rest), slopeLeft4(d, bj, kind)), rest);
      if (db) {
        const right = slopeRight4(d, loadTail(a + whole, rest), bj, kind);
        storeTail(db + whole, f32x4.add(loadTail(db + whole, rest), right), rest);
      }
    }
    if (da) da += aStep;
    if (db) db += bStep;
  }
}
