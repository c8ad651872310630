import { bytes } from "../math/lanes";

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
  for (let at: usize = 0; at < bytes(n); at += 4) {
    const gradient = f32.load(g + at);
    const square = flush(rho * f32.load(v + at) + (1 - rho) * gradient * gradient);
    f32.store(v + at, square);
    let variance = square;
    if (average) {
      const mean = flush(rho * f32.load(average + at) + (1 - rho) * gradient);
      f32.store(average + at, mean);
      variance = max<f32>(0, variance - mean * mean); // rounding can take a variance of 0 below it
    }
    let step = (rate * gradient) / sqrt<f32>(variance + epsilon);
    if (velocity) {
      step = flush(momentum * f32.load(velocity + at) + step);
      f32.store(velocity + at, step);
    }
    f32.store(w + at, f32.load(w + at) - step);
  }
}

// @ts-ignore: decorator
@inline
function flush(x: f32): f32 {
  return abs(x) < 1e-30 ? 0 : x;
}
