import { bytes, padded } from "../../math/lanes";
import { storeTransposed } from "../../math/transpose";
import { tile } from "./tile";
import { wide } from "./vectors";

/**
 * Products of the vectors of several steps of an mLSTM's head with each other. Vectors are rows of W = wide(D), whose
 * padding may hold anything. Steps are taken four or eight at once: rows up to a multiple of eight are there, and what is
 * in those of missing steps does not matter.
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
export function panelOf(panels: usize, s: i32, D: i32): usize {
  return panels + <usize>(s & ~7) * bytes(wide(D)) + bytes(s & 4);
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
