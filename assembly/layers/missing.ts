import { exp4 } from "../math/exp";
import { bytes } from "../math/lanes";

// What stands where the input is NaN, by number (embed.js gives them to src/): the mean; the last value, before the first the
// mean; or what decays from that to this.
export const MEAN: i32 = 0;
export const LAST: i32 = 1;
export const DECAY: i32 = 2;
// What has passed at the step of a value itself: as good as nothing, but its sign tells a value from none, and 0 the beginning.
const NOW: f32 = 1.17549435e-38;

/** e^-max(0, w·passed + b): what is left of the last value. */
// @ts-ignore: decorator
@inline
function remains(w: f32, passed: f32, b: f32): f32 {
  const z = w * passed + b;
  return f32x4.extract_lane(exp4(f32x4.splat(-(z > 0 ? z : 0))), 0);
}

/**
 * Fills what is missing in sequences, each from its own past.
 *
 * y         [N, T, columns]  out     assigned: the C features, and channels where their offset is not 0; 0 at hidden steps
 * last      [N, T+1, C]      in/out  slot 0 in: the last value before the first step. Slot t: that before step t
 * since     [N, T+1, C]      in/out  slot 0 in. Slot t out: what has passed from the last value to step t; where there was
 *                                    none, minus what has passed from the beginning. Slot T: the same up to the last step
 * clock     [N]              in/out  the time of the last step; read and written with times alone
 * clockRest [N]              in/out  with rests: what float32 leaves out of it
 * rests     [N, T]           in      what float32 leaves out of the times; 0: nothing
 * x         [N, T, C]        in      NaN where it is missing
 * mask      [N, T] of i32    in      0 at hidden steps, which change nothing; 0: there are none
 * times     [N, T]           in      of the steps; 0: every step is 1 after the one before
 * mean      [C]              in      0: zeros
 * kernel, bias  [C]          in      of the decay; read by that alone
 * observed  offset in a row of y of channels with 1 for what is there and 0 for what is missing; 0: none
 * intervals offset of channels with what has passed since the last value; 0: none
 */
export function missingForward(
  y: usize, last: usize, since: usize, clock: usize, x: usize, mask: usize, times: usize, mean: usize, kernel: usize,
  bias: usize, kind: i32, observed: i32, intervals: i32, columns: i32, N: i32, T: i32, C: i32,
  clockRest: usize, rests: usize,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++, last += row, since += row, clock += 4, clockRest += 4) {
    for (let t = 0; t < T; t++, y += bytes(columns), x += row, last += row, since += row) {
      const at = bytes(n * T + t);
      if (mask && !load<i32>(mask + at)) {
        memory.fill(y, 0, bytes(columns));
        memory.copy(last + row, last, row);
        memory.copy(since + row, since, row);
        continue;
      }
      let step: f32 = 1;
      if (times) {
        let passed = <f64>f32.load(times + at) - f32.load(clock);
        f32.store(clock, f32.load(times + at));
        if (rests) {
          passed += <f64>f32.load(rests + at) - f32.load(clockRest);
          f32.store(clockRest, f32.load(rests + at));
        }
        step = <f32>passed;
      }
      for (let j: usize = 0; j < row; j += 4) {
        const until = f32.load(since + j), before = f32.load(last + j), seen = until > 0;
        const passed: f32 = until == 0 ? 0 : seen ? until + step : until - step;
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
        if (intervals) f32.store(y + bytes(intervals) + j, abs(passed) > NOW ? abs(passed) : 0);
        f32.store(last + row + j, missing ? before : value);
        f32.store(since + j, passed);
        f32.store(since + row + j, !missing ? NOW : seen ? passed : min<f32>(passed, -NOW));
      }
    }
  }
}

/**
 * dx       [N, T, C]        in/out  accumulated, nothing where x is missing or the step hidden
 * carried  [C]              scratch
 * dy       [N, T, columns]  in
 * since    [N, T+1, C]      in      as missingForward leaves it
 * mask     [N, T] of i32    in      0: no step is hidden
 */
export function missingInputGradient(
  dx: usize, carried: usize, dy: usize, since: usize, x: usize, mask: usize, kernel: usize, bias: usize, kind: i32,
  columns: i32, N: i32, T: i32, C: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++) {
    memory.fill(carried, 0, row);
    for (let t = T - 1; t >= 0; t--) {
      if (mask && !load<i32>(mask + bytes(n * T + t))) continue;
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
 * mask     [N, T] of i32     in      0: no step is hidden
 */
export function missingDecayGradient(
  dKernel: usize, dBias: usize, dy: usize, last: usize, since: usize, x: usize, mask: usize, mean: usize, kernel: usize,
  bias: usize, columns: i32, N: i32, T: i32, C: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++, last += row, since += row) {
    for (let t = 0; t < T; t++, dy += bytes(columns), x += row, last += row, since += row) {
      if (mask && !load<i32>(mask + bytes(n * T + t))) continue;
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
