import { bytes, flushTiny } from "../math/lanes";
import { bounded } from "./bounded";
import { blend, flush, read, squared, write } from "./lanes";

/**
 * Optimizers beside Adam that keep a mean of gradients: m += (g - m)·(1 - beta1).
 *
 * w, m, v, u, largest  [n]  in/out
 * g                    [n]  in
 */

/** Adam with AMSGrad (Reddi, Kale & Kumar 2018): the largest v so far in the place of v; arguments as `adam` has them. */
export function adamAmsgrad(
  w: usize, m: usize, v: usize, largest: usize, g: usize,
  alpha: f32, beta1: f64, beta2: f64, epsilon: f32, decay: f32, n: i32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = bounded(read(g + at, count));
    const mean = blend(read(m + at, count), gradient, <f32>(1 - beta1));
    const square = blend(read(v + at, count), squared(gradient), <f32>(1 - beta2));
    const most = f32x4.max(read(largest + at, count), square);
    write(m + at, mean, count);
    write(v + at, square, count);
    write(largest + at, most, count);
    const old = read(w + at, count), kept = f32x4.sub(old, f32x4.mul(old, f32x4.splat(decay)));
    const size = f32x4.add(f32x4.sqrt(most), f32x4.splat(epsilon));
    write(w + at, flushTiny(f32x4.sub(kept, f32x4.div(f32x4.mul(mean, f32x4.splat(alpha)), size))), count);
  }
}

/**
 * Nadam (Dozat 2016) in Keras' form: v += (g² - v)·(1 - beta2), w -= (a·m + b·g) / (√(v·scale) + epsilon), where a and b hold
 * the rate and the corrections of both means, and scale = 1 / (1 - beta2^t).
 */
export function nadam(
  w: usize, m: usize, v: usize, g: usize,
  a: f32, b: f32, scale: f32, beta1: f64, beta2: f64, epsilon: f32, n: i32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = bounded(read(g + at, count));
    const mean = blend(read(m + at, count), gradient, <f32>(1 - beta1));
    const square = blend(read(v + at, count), squared(gradient), <f32>(1 - beta2));
    write(m + at, mean, count);
    write(v + at, square, count);
    const ahead = f32x4.add(f32x4.mul(mean, f32x4.splat(a)), f32x4.mul(gradient, f32x4.splat(b)));
    const size = f32x4.add(f32x4.sqrt(f32x4.mul(square, f32x4.splat(scale))), f32x4.splat(epsilon));
    write(w + at, flushTiny(f32x4.sub(read(w + at, count), f32x4.div(ahead, size))), count);
  }
}

/** Adamax (Kingma & Ba 2015): u = max(beta2·u, |g|), w -= alpha·m / (u + epsilon), alpha = rate / (1 - beta1^t). */
export function adamax(
  w: usize, m: usize, u: usize, g: usize, alpha: f32, beta1: f64, beta2: f32, epsilon: f32, n: i32,
): void {
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = read(g + at, count);
    const mean = blend(read(m + at, count), gradient, <f32>(1 - beta1));
    const size = flush(f32x4.max(f32x4.mul(read(u + at, count), f32x4.splat(beta2)), f32x4.abs(gradient)));
    write(m + at, mean, count);
    write(u + at, size, count);
    const step = f32x4.div(f32x4.mul(mean, f32x4.splat(alpha)), f32x4.add(size, f32x4.splat(epsilon)));
    write(w + at, flushTiny(f32x4.sub(read(w + at, count), step)), count);
  }
}

/** Lion (Chen et al. 2023): w -= rate·sign(m + (g - m)·(1 - beta1)), m += (g - m)·(1 - beta2). */
export function lion(w: usize, m: usize, g: usize, rate: f32, beta1: f64, beta2: f64, n: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = read(g + at, count), old = read(m + at, count);
    const x = f32x4.add(f32x4.mul(old, f32x4.splat(<f32>beta1)), f32x4.mul(gradient, f32x4.splat(<f32>(1 - beta1))));
    const up = v128.and(f32x4.gt(x, zero), f32x4.splat(rate)), down = v128.and(f32x4.lt(x, zero), f32x4.splat(rate));
    // NaN is neither, and passes.
    const step = f32x4.add(f32x4.sub(up, down), f32x4.mul(x, zero));
    write(m + at, blend(old, gradient, <f32>(1 - beta2)), count);
    write(w + at, flushTiny(f32x4.sub(read(w + at, count), step)), count);
  }
}
