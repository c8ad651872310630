import { bytes } from "../math/lanes";
import { rowProduct } from "./matvec";
import { halfPanelProduct, K_BLOCK, panelProduct } from "./tile";

// Rows taken together, so that their part of A (128 KB) stays in the second cache while the panels pass.
const ROW_BLOCK: i32 = 64;

/**
 * c = start + a·B, the forward product (B = weights) and the input-gradient product (B = weights, transposed).
 *
 * c       [M, N]  out  assigned; row stride cStride elements; may be the same buffer as start, not as a
 * start   [M, N]  in   row stride startStride elements (0: one row for all, a bias); pointer 0 for none
 * a       [M, K]  in   row stride aStride elements
 * packed  [K, N]  in   as pack or packTransposed leave it
 */
export function product(
  c: usize, cStride: i32, start: usize, startStride: i32, a: usize, aStride: i32, packed: usize, M: i32, N: i32, K: i32,
): void {
  for (let m = 0; m < M; m += ROW_BLOCK) {
    const rows = min(ROW_BLOCK, M - m);
    const single = (rows & 3) == 1 ? 1 : 0; // a last single row is cheaper as a vector
    for (let k = 0; k < K; k += K_BLOCK) {
      const depth = min(K_BLOCK, K - k);
      const ca = c + bytes(m * cStride);
      const sa = k ? ca : start ? start + bytes(m * startStride) : 0;
      const stride = k ? cStride : startStride;
      const aa = a + bytes(m * aStride + k);
      if (rows > single) {
        const rest = N & 7, wide = rest > 4 ? N : N - rest; // the columns in whole panels, or more than half of one
        for (let n = 0; n < wide; n += 8) {
          panelProduct(
            ca + bytes(n), bytes(cStride), sa ? sa + bytes(n) : 0, bytes(stride),
            aa, bytes(aStride), packed + bytes(n * K + k * 8), rows - single, min(8, N - n), depth,
          );
        }
        if (wide < N) {
          halfPanelProduct(
            ca + bytes(wide), bytes(cStride), sa ? sa + bytes(wide) : 0, bytes(stride),
            aa, bytes(aStride), packed + bytes(wide * K + k * 8), rows - single, rest, depth,
          );
        }
      }
      if (single) {
        const r = rows - 1;
        rowProduct(ca + bytes(r * cStride), sa ? sa + bytes(r * stride) : 0, aa + bytes(r * aStride), packed + bytes(k * 8), N, depth, K);
      }
    }
  }
}
