import { bytes } from "../math/lanes";

/**
 * y          [n]  out  assigned: a where the condition is not 0, else b
 * condition  [n]  in
 * a, b       [n]  in
 */
export function whereForward(y: usize, condition: usize, a: usize, b: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) {
    f32.store(y + i, select(f32.load(a + i), f32.load(b + i), f32.load(condition + i) != 0));
  }
}

/**
 * da, db     [n]  in/out  accumulated; pointer 0 if not wanted
 * dy         [n]  in
 * condition  [n]  in
 */
export function whereBackward(da: usize, db: usize, dy: usize, condition: usize, n: i32): void {
  for (let i: usize = 0; i < bytes(n); i += 4) {
    const d = f32.load(condition + i) != 0 ? da : db;
    if (d) f32.store(d + i, f32.load(d + i) + f32.load(dy + i));
  }
}
