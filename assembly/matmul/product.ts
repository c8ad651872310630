import { bytes } from "../math/lanes";
import { rowProduct } from "./matvec";
import { fewColumnsProduct, packTile, tileProduct, wideTileProduct } from "./packedTile";
import { scratch, SCRATCH_ROWS, wideTiles } from "./scratch";
import { halfPanelProduct, K_BLOCK } from "./tile";

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
  partialProduct(c, cStride, start, startStride, a, aStride, packed, M, N, K, K);
}

/** The same with the first K rows of a packed matrix that has `height`: what follows in a is 0. */
export function partialProduct(
  c: usize, cStride: i32, start: usize, startStride: i32, a: usize, aStride: i32, packed: usize, M: i32, N: i32, K: i32, height: i32,
): void {
  for (let m = 0; m < M; m += SCRATCH_ROWS) {
    const rows = min(SCRATCH_ROWS, M - m);
    const single = (rows & 3) == 1 ? 1 : 0, tiled = rows - single; // a last single row is cheaper as a vector
    for (let k = 0; k < K; k += K_BLOCK) {
      const depth = min(K_BLOCK, K - k);
      const ca = c + bytes(m * cStride);
      const sa = k ? ca : start ? start + bytes(m * startStride) : 0;
      const stride = k ? cStride : startStride;
      const aa = a + bytes(m * aStride + k);
      if (tiled > 0) {
        const rest = N & 7, wide = rest > 4 ? N : N - rest; // the columns in whole panels, or more than half of one
        if (wide) tiles(ca, bytes(cStride), sa, bytes(stride), aa, bytes(aStride), packed + bytes(k * 8), tiled, wide, depth, height);
        if (wide && rest && rest < 3) {
          const last = bytes(wide);
          fewColumnsProduct(
            ca + last, bytes(cStride), sa ? sa + last : 0, bytes(stride), scratch, packed + bytes(wide * height + k * 8), tiled, rest, depth,
          );
        } else if (wide < N) {
          halfPanelProduct(
            ca + bytes(wide), bytes(cStride), sa ? sa + bytes(wide) : 0, bytes(stride),
            aa, bytes(aStride), packed + bytes(wide * height + k * 8), tiled, rest, depth,
          );
        }
      }
      if (single) {
        const r = rows - 1;
        rowProduct(ca + bytes(r * cStride), sa ? sa + bytes(r * stride) : 0, aa + bytes(r * aStride), packed + bytes(k * 8), N, depth, height);
      }
    }
  }
}

/** Rows of one block in whole tiles: packed once, for all panels. */
// @ts-ignore: decorator
@inline
function tiles(
  c: usize, cStride: usize, start: usize, startStride: usize, a: usize, aRow: usize, packed: usize,
  rows: i32, N: i32, depth: i32, height: i32,
): void {
  for (let r = 0; r < rows; r += 4) {
    packTile(scratch + bytes(r * depth), a + <usize>r * aRow, aRow, min(4, rows - r), depth);
  }
  let n = 0;
  for (; wideTiles && n + 8 < N; n += 16) {
    const panel = packed + bytes(n * height), columns = min(16, N - n);
    for (let r = 0; r < rows; r += 2) {
      wideTileProduct(
        c + <usize>r * cStride + bytes(n), cStride, start ? start + <usize>r * startStride + bytes(n) : 0, startStride,
        scratch + bytes((r & ~3) * depth + (r & 3)), panel, bytes(height * 8), min(2, rows - r), columns, depth,
      );
    }
  }
  for (; n < N; n += 8) {
    const panel = packed + bytes(n * height), columns = min(8, N - n);
    for (let r = 0; r < rows; r += 4) {
      tileProduct(
        c + <usize>r * cStride + bytes(n), cStride, start ? start + <usize>r * startStride + bytes(n) : 0, startStride,
        scratch + bytes(r * depth), panel, min(4, rows - r), columns, depth,
      );
    }
  }
}
