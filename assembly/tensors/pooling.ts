import { bytes } from "../math/lanes";

/**
 * Windows over the steps of a sequence: that of output step i has the steps i·stride - before, … of `size`, as far as they are there.
 *
 * y  [N, steps, C]  out  assigned: the largest, or the mean of those that are there
 * x  [N, T, C]      in
 * Every window has a step that is there.
 */
export function poolForward(
  y: usize, x: usize, mean: bool, N: i32, T: i32, C: i32, size: i32, stride: i32, before: i32, steps: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++, x += bytes(T * C)) {
    for (let i = 0; i < steps; i++, y += row) {
      const from = max(i * stride - before, 0), to = min(i * stride - before + size, T);
      memory.copy(y, x + bytes(from * C), row);
      for (let t = from + 1; t < to; t++) {
        const p = x + bytes(t * C);
        for (let j: usize = 0; j < row; j += 4) {
          const a = f32.load(y + j), b = f32.load(p + j);
          f32.store(y + j, mean ? a + b : max(a, b));
        }
      }
      if (mean) for (let j: usize = 0; j < row; j += 4) f32.store(y + j, f32.load(y + j) / <f32>(to - from));
    }
  }
}

/**
 * dx   [N, T, C]      in/out  accumulated; of equally large steps the first has it all
 * dy   [N, steps, C]  in
 * x, y                in      as in poolForward; not read where it is the mean
 */
export function poolBackward(
  dx: usize, dy: usize, x: usize, y: usize, mean: bool, N: i32, T: i32, C: i32, size: i32, stride: i32, before: i32, steps: i32,
): void {
  const row = bytes(C);
  for (let n = 0; n < N; n++, x += bytes(T * C), dx += bytes(T * C)) {
    for (let i = 0; i < steps; i++, y += row, dy += row) {
      const from = max(i * stride - before, 0), to = min(i * stride - before + size, T);
      for (let j: usize = 0; j < row; j += 4) {
        const d = f32.load(dy + j);
        for (let t = from; t < to; t++) {
          const at = bytes(t * C) + j;
          if (mean) f32.store(dx + at, f32.load(dx + at) + d / <f32>(to - from));
          else if (f32.load(x + at) == f32.load(y + j)) {
            f32.store(dx + at, f32.load(dx + at) + d);
            break;
          }
        }
      }
    }
  }
}
