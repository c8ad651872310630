import { bytes } from "../math/lanes";
import { multiplyAdd } from "../math/multiplyAdd";
import { WIDE_PANEL } from "./pack";
import { addAndStore, addAndStoreLast, K_BLOCK } from "./tile";

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
      c0 = multiplyAdd(s, v128.load(p0), c0);
      c1 = multiplyAdd(s, v128.load(p0, 16), c1);
      c2 = multiplyAdd(s, v128.load(p1), c2);
      c3 = multiplyAdd(s, v128.load(p1, 16), c3);
      c4 = multiplyAdd(s, v128.load(p2), c4);
      c5 = multiplyAdd(s, v128.load(p2, 16), c5);
      p0 += 32; p1 += 32; p2 += 32;
    }
    const q = c + bytes(n), t = start ? start + bytes(n) : 0;
    addAndStore(q, t, c0, c1);
    addAndStore(q + 32, t ? t + 32 : 0, c2, c3);
    addAndStoreLast(q + 64, t ? t + 64 : 0, c4, c5, min(8, N - n - 16));
  }
  for (; n < N; n += 8) {
    let c0 = zero, c1 = zero;
    let p0 = packed + bytes(n * height);
    for (let p = a; p < end; p += 4, p0 += 32) {
      const s = v128.load32_splat(p);
      c0 = multiplyAdd(s, v128.load(p0), c0);
      c1 = multiplyAdd(s, v128.load(p0, 16), c1);
    }
    addAndStoreLast(c + bytes(n), start ? start + bytes(n) : 0, c0, c1, min(8, N - n));
  }
}

/**
 * The same with all columns of a panel side by side: fewer pointers to move, which is what bounds the loop above. Sums are
 * those of `product`, in blocks of K_BLOCK.
 *
 * c       [N]     out  assigned; room for whole wide panels
 * start   [N]     in   readable for whole wide panels; pointer 0 for none
 * sum     [N]     in   what the first block of sums goes on from, readable likewise; pointer 0 for none
 * a       [K]     in
 * packed  [K, N]  in   in wide panels
 */
export function rowProductWide(c: usize, start: usize, sum: usize, a: usize, packed: usize, N: i32, K: i32): void {
  for (let n = 0; n < N; n += WIDE_PANEL) {
    const panel = packed + bytes(n * K), rest = N - n;
    let from = start ? start + bytes(n) : 0, begun = sum ? sum + bytes(n) : 0;
    for (let k = 0; k < K; k += K_BLOCK) {
      const depth = min(K_BLOCK, K - k);
      const to = c + bytes(n), ak = a + bytes(k), pk = panel + bytes(k * WIDE_PANEL);
      // The last panel: what it has no columns for is not computed.
      if (rest <= 8) widePart2(to, from, begun, ak, pk, depth);
      else if (rest <= 16) widePart4(to, from, begun, ak, pk, depth);
      else widePart7(to, from, begun, ak, pk, depth);
      from = to;
      begun = 0;
    }
  }
}

/** c = start + (sum + a·(the first vectors of a wide panel)), 2, 4 or 7 of them. */
// @ts-ignore: decorator
@inline
function widePart2(c: usize, start: usize, sum: usize, a: usize, panel: usize, K: i32): void {
  let c0 = f32x4.splat(0), c1 = c0;
  if (sum) {
    c0 = v128.load(sum);
    c1 = v128.load(sum, 16);
  }
  for (let p = a, end = a + bytes(K); p < end; p += 4, panel += bytes(WIDE_PANEL)) {
    const s = v128.load32_splat(p);
    c0 = multiplyAdd(s, v128.load(panel), c0);
    c1 = multiplyAdd(s, v128.load(panel, 16), c1);
  }
  addAndStore(c, start, c0, c1);
}

// @ts-ignore: decorator
@inline
function widePart4(c: usize, start: usize, sum: usize, a: usize, panel: usize, K: i32): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0;
  if (sum) {
    c0 = v128.load(sum);
    c1 = v128.load(sum, 16);
    c2 = v128.load(sum, 32);
    c3 = v128.load(sum, 48);
  }
  for (let p = a, end = a + bytes(K); p < end; p += 4, panel += bytes(WIDE_PANEL)) {
    const s = v128.load32_splat(p);
    c0 = multiplyAdd(s, v128.load(panel), c0);
    c1 = multiplyAdd(s, v128.load(panel, 16), c1);
    c2 = multiplyAdd(s, v128.load(panel, 32), c2);
    c3 = multiplyAdd(s, v128.load(panel, 48), c3);
  }
  addAndStore(c, start, c0, c1);
  addAndStore(c + 32, start ? start + 32 : 0, c2, c3);
}

// @ts-ignore: decorator
@inline
function widePart7(c: usize, start: usize, sum: usize, a: usize, panel: usize, K: i32): void {
  let c0 = f32x4.splat(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0, c6 = c0;
  if (sum) {
    c0 = v128.load(sum);
    c1 = v128.load(sum, 16);
    c2 = v128.load(sum, 32);
    c3 = v128.load(sum, 48);
    c4 = v128.load(sum, 64);
    c5 = v128.load(sum, 80);
    c6 = v128.load(sum, 96);
  }
  for (let p = a, end = a + bytes(K); p < end; p += 4, panel += bytes(WIDE_PANEL)) {
    const s = v128.load32_splat(p);
    c0 = multiplyAdd(s, v128.load(panel), c0);
    c1 = multiplyAdd(s, v128.load(panel, 16), c1);
    c2 = multiplyAdd(s, v128.load(panel, 32), c2);
    c3 = multiplyAdd(s, v128.load(panel, 48), c3);
    c4 = multiplyAdd(s, v128.load(panel, 64), c4);
    c5 = multiplyAdd(s, v128.load(panel, 80), c5);
    c6 = multiplyAdd(s, v128.load(panel, 96), c6);
  }
  addAndStore(c, start, c0, c1);
  addAndStore(c + 32, start ? start + 32 : 0, c2, c3);
  addAndStore(c + 64, start ? start + 64 : 0, c4, c5);
  v128.store(c, start ? f32x4.add(v128.load(start, 96), c6) : c6, 96);
}
