import { bytes } from "../math/lanes";
import { addAndStore } from "./tile";

/**
 * One row times a packed matrix: c = start + a·B. Three panels at a time: six accumulators, which is what keeps
 * their number and that of the loads within V8's registers and still hides the latency of an add.
 *
 * c       [N]     out  assigned; may be the same as start
 * start   [N]     in   pointer 0 for none
 * a       [K]     in
 * packed  [K, N]  in   first row of a block of K rows in panels of `height` rows
 */
export function rowProduct(c: usize, start: usize, a: usize, packed: usize, N: i32, K: i32, height: i32): void {
  const panel = bytes(height * 8);
  const end = a + bytes(K);
  const zero = f32x4.splat(0);
  let n = 0;
  for (; n + 16 < N; n += 24) {
    let p0 = packed + bytes(n * height), p1 = p0 + panel, p2 = p1 + panel;
    let c0 = zero, c1 = zero, c2 = zero, c3 = zero, c4 = zero, c5 = zero;
    for (let p = a; p < end; p += 4) {
      const s = v128.load32_splat(p);
      c0 = f32x4.add(c0, f32x4.mul(s, v128.load(p0)));
      c1 = f32x4.add(c1, f32x4.mul(s, v128.load(p0, 16)));
      c2 = f32x4.add(c2, f32x4.mul(s, v128.load(p1)));
      c3 = f32x4.add(c3, f32x4.mul(s, v128.load(p1, 16)));
      c4 = f32x4.add(c4, f32x4.mul(s, v128.load(p2)));
      c5 = f32x4.add(c5, f32x4.mul(s, v128.load(p2, 16)));
      p0 += 32; p1 += 32; p2 += 32;
    }
    const q = c + bytes(n), t = start ? start + bytes(n) : 0;
    addAndStore(q, t, c0, c1, 8);
    addAndStore(q + 32, t ? t + 32 : 0, c2, c3, 8);
    addAndStore(q + 64, t ? t + 64 : 0, c4, c5, min(8, N - n - 16));
  }
  for (; n < N; n += 8) {
    let c0 = zero, c1 = zero;
    let p0 = packed + bytes(n * height);
    for (let p = a; p < end; p += 4, p0 += 32) {
      const s = v128.load32_splat(p);
      c0 = f32x4.add(c0, f32x4.mul(s, v128.load(p0)));
      c1 = f32x4.add(c1, f32x4.mul(s, v128.load(p0, 16)));
    }
    addAndStore(c + bytes(n), start ? start + bytes(n) : 0, c0, c1, min(8, N - n));
  }
}
