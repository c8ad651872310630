import { bytes, flushTiny, padded } from "../../math/lanes";
import { storeTransposed } from "../../math/transpose";
import { panelOf } from "./stepProducts";
import { tile } from "./tile";
import { put, take, wide } from "./vectors";

/**
 * Products of a matrix of an mLSTM's head, [D, D], rows close together, with the vectors of several steps, as in
 * stepProducts.ts: what its backward pass is made of.
 */

/** Whether a matrix holds nothing but 0, as a memory before the first step of a sequence mostly does. */
function isZero(matrix: usize, D: i32): bool {
  const end = matrix + bytes(D * D);
  for (; matrix + 64 <= end; matrix += 64) {
    const low = v128.or(v128.load(matrix), v128.load(matrix, 16));
    const high = v128.or(v128.load(matrix, 32), v128.load(matrix, 48));
    if (v128.any_true(v128.or(low, high))) return false;
  }
  for (; matrix < end; matrix += 4) if (f32.load(matrix) != 0) return false;
  return true;
}

/**
 * y = x·matrix
 *
 * y        [steps, W]         out  assigned
 * matrix   [D, D]             in
 * panels   [steps / 8, W, 8]  in   transposeSteps of x
 * columns  [W, 8]             scratch: eight columns of the matrix, which else push each other out of the first cache
 */
export function times(y: usize, matrix: usize, panels: usize, columns: usize, steps: i32, D: i32): void {
  if (isZero(matrix, D)) return memory.fill(y, 0, bytes(padded(steps) * wide(D)));
  const row = bytes(D), whole = (D & 7) == 0;
  for (let j = 0; j < D; j += 8) {
    const left = D - j;
    for (let a = 0, from = matrix + bytes(j), to = columns; a < D; a++, from += row, to += 32) {
      v128.store(to, take(from, left, whole));
      if (whole || left > 4) v128.store(to, take(from + 16, left - 4, whole), 16);
    }
    timesColumns(y + bytes(j), columns, panels, steps, D);
  }
}

/** y = x·matrixᵀ, with the same parameters. */
export function timesTransposed(y: usize, matrix: usize, panels: usize, columns: usize, steps: i32, D: i32): void {
  if (isZero(matrix, D)) memory.fill(y, 0, bytes(padded(steps) * wide(D)));
  else if (D & 3) transposedWith(y, matrix, panels, columns, steps, D, false);
  else transposedWith(y, matrix, panels, columns, steps, D, true);
}

// @ts-ignore: decorator
@inline
function transposedWith(
  y: usize, matrix: usize, panels: usize, columns: usize, steps: i32, D: i32, whole: bool,
): void {
  const row = bytes(D);
  for (let a = 0; a < D; a += 8) {
    for (let half = a; half < min(D, a + 8); half += 4) {
      const rows = whole ? 4 : D - half;
      let p0 = matrix + <usize>half * row;
      let p1 = rows > 1 ? p0 + row : p0, p2 = rows > 2 ? p1 + row : p1, p3 = rows > 3 ? p2 + row : p2;
      for (let to = columns + bytes(half & 4), left = D; left > 0; left -= 4) {
        storeTransposed(
          to, 32, take(p0, left, whole), take(p1, left, whole), take(p2, left, whole), take(p3, left, whole),
        );
        p0 += 16; p1 += 16; p2 += 16; p3 += 16; to += 128;
      }
    }
    timesColumns(y + bytes(a), columns, panels, steps, D);
  }
}

/** Eight columns of y from eight of the matrix. */
// @ts-ignore: decorator
@inline
function timesColumns(y: usize, columns: usize, panels: usize, steps: i32, D: i32): void {
  const step = bytes(wide(D));
  for (let s = 0; s < steps; s += 4) {
    tile(y + <usize>s * step, step, 0, 0, panelOf(panels, s, D), 32, columns, 32, 4, D, false);
  }
}

/**
 * matrix = scale·matrix + xᵀ·y
 *
 * matrix  [D, D]      in/out
 * scale   [1]         in
 * x y     [steps, W]  in
 * corner  [4, 8]      scratch
 */
export function addOuter(matrix: usize, scale: usize, x: usize, y: usize, corner: usize, steps: i32, D: i32): void {
  const row = bytes(D), step = bytes(wide(D)), f = v128.load32_splat(scale);
  for (let a = 0; a < D; a += 4) {
    for (let j = 0; j < D; j += 8) {
      const to = matrix + <usize>a * row + bytes(j), left = D - j;
      if (left >= 8) {
        tile(to, row, scale, 0, x + bytes(a), step, y + bytes(j), step, min(4, D - a), steps, true);
        continue;
      }
      tile(corner, 32, 0, 0, x + bytes(a), step, y + bytes(j), step, 4, steps, false);
      for (let r = 0; r < min(4, D - a); r++) {
        addScaled(to + <usize>r * row, f, corner + <usize>r * 32, min(4, left));
        if (left > 4) addScaled(to + <usize>r * row + 16, f, corner + <usize>r * 32 + 16, left - 4);
      }
    }
  }
}

/** y = scale·y + x for the first `left` elements of a vector. */
// @ts-ignore: decorator
@inline
function addScaled(y: usize, scale: v128, x: usize, left: i32): void {
  put(y, flushTiny(f32x4.add(f32x4.mul(scale, take(y, left, false)), v128.load(x))), left, false);
}
