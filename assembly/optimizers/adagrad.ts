import { bytes, flushTiny } from "../math/lanes";
import { bounded } from "./bounded";
import { flush, read, squared, write } from "./lanes";

/**
 * Adagrad (Duchi, Hazan & Singer 2011) in Keras' form: a += g², w -= rate·g / √(a + floor), floor = initial value + epsilon.
 *
 * w, a  [n]  in/out
 * g     [n]  in
 */
export function adagrad(w: usize, a: usize, g: usize, rate: f32, floor: f32, n: i32): void {
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = bounded(read(g + at, count));
    const sum = flush(f32x4.add(read(a + at, count), squared(gradient)));
    write(a + at, sum, count);
    const size = f32x4.sqrt(f32x4.add(sum, f32x4.splat(floor)));
    const step = f32x4.div(f32x4.mul(f32x4.splat(rate), gradient), size);
    write(w + at, flushTiny(f32x4.sub(read(w + at, count), step)), count);
  }
}
