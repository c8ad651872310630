import { exp4 } from "../math/exp";
import { bytes } from "../math/lanes";

// What stands where the input is NaN: the mean; the last value, before the first the mean; or what decays from that to this.
const MEAN = 0, DECAY = 2;

/** e^-max(0, w·steps + b): what is left of the last value. */
// @ts-ignore: decorator
@inline
function remains(w: f32, steps: f32, b: f32): f32 {
  const z = w * steps + b;
  return f32x4.extract_lane(exp4(f32x4.splat(-(z > 0 ? z : 0))), 0);
}

/**
 * Fills what is missing in sequences, each from its own past.
 *
 * y         [N, T, columns]  out     assigned: the C features, and channels where their offset is not 0
 * last      [N, T+1, C]      in/out  slot 0 in: the last value before the first step. Slot t: that before step t
 * since     [N, T+1, C]      in/out  slot 0 in. Slot t: steps from the last value to step t; where there was none, minus
 *                                    the steps from the beginning
 * x         [N, T, C]        in      NaN where it is missing
 * mean      [C]              in      0: zeros
 * kernel, bias  [C]          in      of the decay; read by that alone
 * observed  offset in a row of y of channels with 1 for what is there and 0 for what is missing; 0: none
 * steps     offset of channels with the steps since the last value; 0: none
 */
export function missingForward(
  y: usize, last: usize, since: usize, x: usize, mean: usize, kernel: usize, bias: usize, kind: i32, observed: i32,
  steps: i32, columns: i32, N: i32, T: i32, C: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++, last += row, since += row) {
    for (let t = 0; t < T; t++, y += bytes(columns), x += row, last += row, since += row) {
      for (let j: usize = 0; j < row; j += 4) {
        const passed = f32.load(since + j), before = f32.load(last + j), seen = passed > 0;
        const value = f32.load(x + j), missing = value != value;
        let filled = value;
        if (missing) {
          filled = mean ? f32.load(mean + j) : 0;
          if (seen && kind != MEAN) {
            const kept: f32 = kind == DECAY ? remains(f32.load(kernel + j), passed, f32.load(bias + j)) : 1;
            filled = kept * before + (1 - kept) * filled;
          }
        }
        f32.store(y + j, filled);
        if (observed) f32.store(y + bytes(observed) + j, missing ? 0 : 1);
        if (steps) f32.store(y + bytes(steps) + j, abs(passed));
        f32.store(last + row + j, missing ? before : value);
        f32.store(since + row + j, !missing ? 1 : seen ? passed + 1 : passed - 1);
      }
    }
  }
}

/**
 * dx       [N, T, C]        in/out  accumulated, nothing where x is missing
 * carried  [C]              scratch
 * dy       [N, T, columns]  in
 * since    [N, T+1, C]      in      as missingForward leaves it
 */
export function missingInputGradient(
  dx: usize, carried: usize, dy: usize, since: usize, x: usize, kernel: usize, bias: usize, kind: i32, columns: i32,
  N: i32, T: i32, C: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++) {
    memory.fill(carried, 0, row);
    for (let t = T - 1; t >= 0; t--) {
      const at = bytes((n * T + t) * C), sinceAt = since + bytes((n * (T + 1) + t) * C);
      const d = dy + bytes((n * T + t) * columns);
      for (let j: usize = 0; j < row; j += 4) {
        const value = f32.load(x + at + j), passed = f32.load(sinceAt + j);
        if (value == value) {
          f32.store(dx + at + j, f32.load(dx + at + j) + (f32.load(d + j) + f32.load(carried + j)));
          f32.store(carried + j, 0);
        } else if (passed > 0 && kind != MEAN) {
          const kept: f32 = kind == DECAY ? remains(f32.load(kernel + j), passed, f32.load(bias + j)) : 1;
          f32.store(carried + j, f32.load(carried + j) + kept * f32.load(d + j));
        }
      }
    }
  }
}

/**
 * The gradients of the decay's weights.
 *
 * dKernel, dBias  [C]        in/out  accumulated; 0: not wanted
 * dy       [N, T, columns]   in
 * last, since  [N, T+1, C]   in      as missingForward leaves them
 */
export function missingDecayGradient(
  dKernel: usize, dBias: usize, dy: usize, last: usize, since: usize, x: usize, mean: usize, kernel: usize, bias: usize,
  columns: i32, N: i32, T: i32, C: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++, last += row, since += row) {
    for (let t = 0; t < T; t++, dy += bytes(columns), x += row, last += row, since += row) {
      for (let j: usize = 0; j < row; j += 4) {
        const value = f32.load(x + j), passed = f32.load(since + j);
        const w = f32.load(kernel + j), b = f32.load(bias + j);
        if (value == value || passed <= 0 || w * passed + b <= 0) continue;
        const dz = -f32.load(dy + j) * remains(w, passed, b) * (f32.load(last + j) - f32.load(mean + j));
        if (dKernel) f32.store(dKernel + j, f32.load(dKernel + j) + dz * passed);
        if (dBias) f32.store(dBias + j, f32.load(dBias + j) + dz);
      }
    }
  }
}

/**
 * A step is hidden where all its features are missing.
 *
 * mask  [rows] of i32  out  assigned: 0 for such a step, else 1
 * x     [rows, C]      in
 */
export function missingMask(mask: usize, x: usize, rows: i32, C: i32): void {
  for (let r = 0; r < rows; r++, x += bytes(C)) {
    let real = 0;
    for (let j: usize = 0; j < bytes(C); j += 4) real |= i32(f32.load(x + j) == f32.load(x + j));
    store<i32>(mask + bytes(r), real);
  }
}
