import { bytes, flushTiny } from "../math/lanes";
import { bounded } from "./bounded";
import { flush, read, write } from "./lanes";

/**
 * RMSprop (Hinton's lecture 6e) in Keras' form:
 *
 *   v = rho·v + (1 - rho)·g²      a = rho·a + (1 - rho)·g  (centered)      s = rate·g / √(v - a² + epsilon)
 *   velocity = momentum·velocity + s, w -= velocity; without momentum w -= s
 *
 * w         [n]  in/out
 * v         [n]  in/out
 * average   [n]  in/out  pointer 0 when not centered
 * velocity  [n]  in/out  pointer 0 when momentum is 0
 * g         [n]  in
 */
export function rmsprop(
  w: usize, v: usize, average: usize, velocity: usize, g: usize,
  rate: f32, rho: f32, momentum: f32, epsilon: f32, n: i32,
): void {
  const old = f32x4.splat(rho), fresh = f32x4.splat(1 - rho);
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = bounded(read(g + at, count));
    const own = flushTiny(gradient); // its square must not be subnormal
    const square = flush(
      f32x4.add(f32x4.mul(old, read(v + at, count)), f32x4.mul(f32x4.mul(fresh, own), own)),
    );
    write(v + at, square, count);
    let variance = square;
    if (average) {
      const mean = flush(f32x4.add(f32x4.mul(old, read(average + at, count)), f32x4.mul(fresh, gradient)));
      write(average + at, mean, count);
      // Rounding can take a variance of 0 below it.
      variance = f32x4.max(f32x4.splat(0), f32x4.sub(variance, f32x4.mul(mean, mean)));
    }
    let step = f32x4.div(
      f32x4.mul(f32x4.splat(rate), gradient), f32x4.sqrt(f32x4.add(variance, f32x4.splat(epsilon))),
    );
    if (velocity) {
      step = flush(f32x4.add(f32x4.mul(f32x4.splat(momentum), read(velocity + at, count)), step));
      write(velocity + at, step, count);
    }
    write(w + at, flushTiny(f32x4.sub(read(w + at, count), step)), count);
  }
}
