import { bytes, flushTiny } from "../math/lanes";
import { read, write } from "./lanes";

/**
 * A mean of weights over steps: average = momentum·average + (1 - momentum)·w.
 *
 * average  [n]  in/out
 * w        [n]  in
 */
export function averageWeights(average: usize, w: usize, momentum: f32, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const old = f32x4.mul(read(average + at, count), f32x4.splat(momentum));
    write(average + at, flushTiny(f32x4.add(old, f32x4.mul(read(w + at, count), f32x4.splat(1 - momentum)))), count);
  }
}
