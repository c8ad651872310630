import { bytes } from "../math/lanes";
import { pack, packTransposed } from "../matmul/pack";
import { product } from "../matmul/product";
import { weightGradient } from "../matmul/weightGradient";

/**
 * Many products at once, as attention makes them: matrices lie `batch` elements apart, in each of them `heads` others `head` elements
 * apart, whose rows are `stride` elements apart.
 */

/**
 * c = a·b, or a·bᵀ
 *
 * c        [M, N]  out  assigned, or accumulated if `adds`
 * a        [M, K]  in
 * b        [K, N]  in   or [N, K], if `transposed`
 * scratch  packedSize(K, N) elements
 */
export function batchedProduct(
  c: usize, cBatch: i32, cHead: i32, cStride: i32, a: usize, aBatch: i32, aHead: i32, aStride: i32,
  b: usize, bBatch: i32, bHead: i32, bStride: i32, transposed: bool, adds: bool,
  batches: i32, heads: i32, M: i32, N: i32, K: i32, scratch: usize,
): void {
  for (let n = 0; n < batches; n++) {
    for (let h = 0; h < heads; h++) {
      const bh = b + bytes(n * bBatch + h * bHead), ch = c + bytes(n * cBatch + h * cHead);
      if (transposed) packTransposed(scratch, bh, bStride, K, N);
      else pack(scratch, bh, bStride, K, N);
      product(ch, cStride, adds ? ch : 0, cStride, a + bytes(n * aBatch + h * aHead), aStride, scratch, M, N, K);
    }
  }
}

/**
 * c += aᵀ·b
 *
 * c        [M, N]  in/out  accumulated
 * a        [K, M]  in
 * b        [K, N]  in
 * scratch  weightGradientScratch(M, N, K) elements
 */
export function batchedGradient(
  c: usize, cBatch: i32, cHead: i32, cStride: i32, a: usize, aBatch: i32, aHead: i32, aStride: i32,
  b: usize, bBatch: i32, bHead: i32, bStride: i32, batches: i32, heads: i32, M: i32, N: i32, K: i32, scratch: usize,
): void {
  for (let n = 0; n < batches; n++) {
    for (let h = 0; h < heads; h++) {
      weightGradient(
        c + bytes(n * cBatch + h * cHead), cStride, a + bytes(n * aBatch + h * aHead), aStride,
        b + bytes(n * bBatch + h * bHead), bStride, M, N, K, scratch,
      );
    }
  }
}
