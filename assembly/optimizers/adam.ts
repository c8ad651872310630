import { bytes, flushBelow, flushTiny, loadTail, storeTail } from "../math/lanes";
import { bounded } from "./bounded";

/**
 * Adam (Kingma & Ba 2015) in Keras' form, with decoupled weight decay (AdamW, Loshchilov & Hutter 2019):
 *
 *   w -= decay·w      m += (g - m)·(1 - beta1)      v += (g² - v)·(1 - beta2)      w -= alpha·m / (√v + epsilon)
 *
 * alpha = learning rate · √(1 - beta2^t) / (1 - beta1^t); decay = learning rate · weight decay, 0 for Adam.
 *
 * w, m, v  [n]  in/out
 * g        [n]  in
 */
export function adam(
  w: usize, m: usize, v: usize, g: usize, alpha: f32, beta1: f64, beta2: f64, epsilon: f32, decay: f32, n: i32,
): void {
  const whole = bytes(n & ~3), rest = n & 3;
  for (let i: usize = 0; i < whole; i += 16) {
    const gradient = bounded(v128.load(g + i));
    const mean = blend(v128.load(m + i), gradient, beta1);
    const square = blend(v128.load(v + i), squared(gradient), beta2);
    v128.store(m + i, mean);
    v128.store(v + i, square);
    v128.store(w + i, moved(v128.load(w + i), mean, square, alpha, epsilon, decay));
  }
  const gradient = bounded(loadTail(g + whole, rest));
  const mean = blend(loadTail(m + whole, rest), gradient, beta1);
  const square = blend(loadTail(v + whole, rest), squared(gradient), beta2);
  storeTail(m + whole, mean, rest);
  storeTail(v + whole, square, rest);
  storeTail(w + whole, moved(loadTail(w + whole, rest), mean, square, alpha, epsilon, decay), rest);
}

// @ts-ignore: decorator
@inline
function squared(gradient: v128): v128 {
  const g = flushTiny(gradient);
  return f32x4.mul(g, g);
}

// A moment of an unused weight decays towards 0 for ever: it is cut before it becomes subnormal, but below TINY, since
// the second one is a square.
// @ts-ignore: decorator
@inline
function blend(moment: v128, value: v128, beta: f64): v128 {
  return flushBelow(f32x4.add(moment, f32x4.mul(f32x4.sub(value, moment), f32x4.splat(<f32>(1 - beta)))), 1e-30);
}

// @ts-ignore: decorator
@inline
function moved(w: v128, mean: v128, square: v128, alpha: f32, epsilon: f32, decay: f32): v128 {
  const kept = f32x4.sub(w, f32x4.mul(w, f32x4.splat(decay)));
  const size = f32x4.add(f32x4.sqrt(square), f32x4.splat(epsilon));
  return flushTiny(f32x4.sub(kept, f32x4.div(f32x4.mul(mean, f32x4.splat(alpha)), size)));
}
