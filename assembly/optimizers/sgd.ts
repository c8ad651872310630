import { bytes, flushBelow, flushTiny, loadTail, storeTail } from "../math/lanes";

/**
 * Stochastic gradient descent, with Keras' momentum: velocity = momentum·velocity - rate·g, w += velocity; Nesterov's
 * form adds momentum·velocity - rate·g instead.
 *
 * w         [n]  in/out
 * velocity  [n]  in/out  pointer 0 when momentum is 0
 * g         [n]  in
 */
export function sgd(w: usize, velocity: usize, g: usize, rate: f32, momentum: f32, nesterov: bool, n: i32): void {
  const whole = n & ~3;
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), rest = n - whole;
    const tail = i == whole;
    const step = f32x4.mul(tail ? loadTail(g + at, rest) : v128.load(g + at), f32x4.splat(rate));
    let move = f32x4.neg(step);
    if (velocity) {
      const m = f32x4.splat(momentum);
      const v = flushBelow(
        f32x4.sub(f32x4.mul(m, tail ? loadTail(velocity + at, rest) : v128.load(velocity + at)), step), 1e-30,
      );
      if (tail) storeTail(velocity + at, v, rest);
      else v128.store(velocity + at, v);
      move = nesterov ? f32x4.sub(f32x4.mul(m, v), step) : v;
    }
    const moved = flushTiny(f32x4.add(tail ? loadTail(w + at, rest) : v128.load(w + at), move));
    if (tail) storeTail(w + at, moved, rest);
    else v128.store(w + at, moved);
  }
}
