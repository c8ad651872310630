import { bytes, flushTiny, padded } from "../math/lanes";
import { put, take } from "./matrixMemory";
import { storeTransposed, tile } from "./matrixTile";
import { wide } from "./mLstmSaved";

/**
 * Products of a matrix of an mLSTM's head, [D, D], rows close together, with the vectors of several steps, and of these
 * vectors with each other: what its backward pass is made of. Vectors are rows of W = wide(D), whose padding may hold
 * anything. Steps are taken four or eight at once: rows up to a multiple of eight are there, what is in those of missing
 * steps does not matter.
 */

/**
 * panels  [steps / 8, W, 8]  out  assigned: the transpose of eight steps each
 * x       [steps, W]         in
 */
export function transposeSteps(panels: usize, x: usize, steps: i32, D: i32): void {
  const row = bytes(wide(D));
  for (let s = 0; s < steps; s += 4) {
    const x0 = x + <usize>s * row, x1 = x0 + row, x2 = x1 + row, x3 = x2 + row;
    let to = panels + <usize>(s >> 3) * 8 * row + bytes(s & 4);
    for (let j: usize = 0, end = bytes(padded(D)); j < end; j += 16, to += 128) {
      storeTransposed(to, 32, v128.load(x0 + j), v128.load(x1 + j), v128.load(x2 + j), v128.load(x3 + j));
    }
  }
}

/** Where four steps begin in the panels of transposeSteps. */
// @ts-ignore: decorator
@inline
function panelOf(panels: usize, s: i32, D: i32): usize {
  return panels + <usize>(s & ~7) * bytes(wide(D)) + bytes(s & 4);
}

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
 * columns  [W, 8]             scratch: eight columns of the matrix, which else would push each other out of the first cache
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
 * What steps have in common with those up to them: y(s, t) = x(s)·z(t), t <= s and a few more.
 *
 * y    [steps, line]      out  assigned
 * x z  [steps / 8, W, 8]  in   transposeSteps
 */
export function pairs(y: usize, x: usize, z: usize, steps: i32, line: usize, D: i32): void {
  for (let s = 0; s < steps; s += 4) {
    for (let t = 0; t <= s; t += 8) {
      const to = y + <usize>s * line + bytes(t);
      tile(to, line, 0, 0, panelOf(x, s, D), 32, panelOf(z, t, D), 32, 4, D, false);
    }
  }
}

/**
 * y(t) = scales[t]·y(t) + Σ weights(s, t)·x(s), over s <= t, or with `later` over s >= t
 *
 * y        [steps, W]     in/out
 * scales   [steps]        in
 * weights  [steps, line]  in   0 for other s as far as in the same four
 * x        [steps, W]     in
 */
export function addTriangle(
  y: usize, scales: usize, weights: usize, x: usize, steps: i32, line: usize, D: i32, later: bool,
): void {
  const step = bytes(wide(D));
  for (let t = 0; t < steps; t += 4) {
    const first = later ? t : 0, count = (later ? steps : min(steps, t + 4)) - first;
    const from = x + <usize>first * step, to = y + <usize>t * step, own = weights + <usize>first * line + bytes(t);
    for (let j: usize = 0; j < step; j += 32) {
      tile(to + j, step, scales + bytes(t), 4, own, line, from + j, step, 4, count, true);
    }
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
