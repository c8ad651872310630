import { bytes, loadTail, storeTail } from "../math/lanes";

/**
 * Multiplies by a mask that is the same for every step of time (T = 1: an ordinary mask).
 *
 * y     [N, T, C]  out  assigned; may be the same buffer as x
 * x     [N, T, C]  in
 * mask  [N, C]     in   as randomDropout makes it
 */
export function dropoutForward(y: usize, x: usize, mask: usize, N: i32, T: i32, C: i32): void {
  for (let n = 0; n < N; n++, mask += bytes(C)) {
    for (let t = 0; t < T; t++, y += bytes(C), x += bytes(C)) {
      const whole = bytes(C & ~3);
      for (let j: usize = 0; j < whole; j += 16) v128.store(y + j, f32x4.mul(v128.load(x + j), v128.load(mask + j)));
      storeTail(y + whole, f32x4.mul(loadTail(x + whole, C & 3), loadTail(mask + whole, C & 3)), C & 3);
    }
  }
}

/**
 * dx    [N, T, C]  in/out  accumulated
 * dy    [N, T, C]  in
 * mask  [N, C]     in
 */
export function dropoutBackward(dx: usize, dy: usize, mask: usize, N: i32, T: i32, C: i32): void {
  for (let n = 0; n < N; n++, mask += bytes(C)) {
    for (let t = 0; t < T; t++, dx += bytes(C), dy += bytes(C)) {
      const whole = bytes(C & ~3), rest = C & 3;
      for (let j: usize = 0; j < whole; j += 16) {
        const d = f32x4.mul(v128.load(dy + j), v128.load(mask + j));
        v128.store(dx + j, f32x4.add(v128.load(dx + j), d));
      }
      const d = f32x4.mul(loadTail(dy + whole, rest), loadTail(mask + whole, rest));
      storeTail(dx + whole, f32x4.add(loadTail(dx + whole, rest), d), rest);
    }
  }
}
