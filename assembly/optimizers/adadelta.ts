import { bytes, flushTiny } from "../math/lanes";
import { bounded } from "./bounded";
import { blend, read, squared, write } from "./lanes";

/**
 * Adadelta (Zeiler 2012) in Keras' form: v = rho·v + (1 - rho)·g², d = √(u + epsilon)·g / √(v + epsilon),
 * u = rho·u + (1 - rho)·d², w -= rate·d.
 *
 * w, v, u  [n]  in/out
 * g        [n]  in
 */
export function adadelta(w: usize, v: usize, u: usize, g: usize, rate: f32, rho: f64, epsilon: f32, n: i32): void {
  const part = <f32>(1 - rho), e = f32x4.splat(epsilon);
  for (let i = 0; i < n; i += 4) {
    const at = bytes(i), count = min(4, n - i);
    const gradient = bounded(read(g + at, count)), moves = read(u + at, count);
    const square = blend(read(v + at, count), squared(gradient), part);
    write(v + at, square, count);
    const ratio = f32x4.sqrt(f32x4.div(f32x4.add(moves, e), f32x4.add(square, e)));
    const move = f32x4.mul(ratio, gradient);
    write(u + at, blend(moves, squared(move), part), count);
    write(w + at, flushTiny(f32x4.sub(read(w + at, count), f32x4.mul(f32x4.splat(rate), move))), count);
  }
}
