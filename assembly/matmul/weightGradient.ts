import { bytes, loadTail, padded } from "../math/lanes";
import { pack, wholePanels } from "./pack";
import { tileProduct, wideTileProduct } from "./packedTile";
import { wideTiles } from "./scratch";

// Blocks of the sum, of columns and of rows. Both operands are read across their rows, so each block is packed first:
// 640 KB of B for the second cache, 160 KB of A, and the speed does not fall as K = N·T grows.
const DEPTH: i32 = 320;
const COLUMN_BLOCK: i32 = 512;
const ROW_BLOCK: i32 = 128;

/** Elements of scratch that weightGradient needs. */
export function weightGradientScratch(M: i32, N: i32, K: i32): i32 {
  const depth = min(K, DEPTH);
  return depth * (wholePanels(min(N, COLUMN_BLOCK)) + padded(min(M, ROW_BLOCK)));
}

/**
 * c += aᵀ·b, a product summed over many rows K: the gradient of weights. A range of columns is computed by
 * offsetting c and b.
 *
 * c        [M, N]  in/out  accumulated; row stride cStride elements
 * a        [K, M]  in      row stride aStride elements
 * b        [K, N]  in      row stride bStride elements
 * scratch  weightGradientScratch(M, N, K) elements
 */
export function weightGradient(
  c: usize, cStride: i32, a: usize, aStride: i32, b: usize, bStride: i32, M: i32, N: i32, K: i32, scratch: usize,
): void {
  const packedB = scratch;
  const packedA = scratch + bytes(min(K, DEPTH) * wholePanels(min(N, COLUMN_BLOCK)));
  for (let n = 0; n < N; n += COLUMN_BLOCK) {
    const columns = min(COLUMN_BLOCK, N - n);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k);
      pack(packedB, b + bytes(k * bStride + n), bStride, depth, columns);
      for (let m = 0; m < M; m += ROW_BLOCK) {
        const rows = min(ROW_BLOCK, M - m);
        packRows(packedA, a + bytes(k * aStride + m), aStride, depth, rows);
        addBlock(c + bytes(m * cStride + n), cStride, packedA, packedB, rows, columns, depth);
      }
    }
  }
}

/**
 * The same where the last columns of a are seen through a mask.
 *
 * c        [C + F, N]  in/out  accumulated; row stride cStride elements
 * a        [K, C + F]  in      row stride aStride elements
 * mask     [.., F]     in      row places[k] is that of row k of a; row stride maskStride elements
 * places   [K] of i32  in
 * b        [K, N]      in      row stride bStride elements
 * scratch  weightGradientScratch(C + F, N, K) elements
 */
export function maskedWeightGradient(
  c: usize, cStride: i32, a: usize, aStride: i32, mask: usize, maskStride: i32, places: usize, b: usize, bStride: i32,
  C: i32, F: i32, N: i32, K: i32, scratch: usize,
): void {
  const packedB = scratch;
  const packedA = scratch + bytes(min(K, DEPTH) * wholePanels(min(N, COLUMN_BLOCK)));
  for (let n = 0; n < N; n += COLUMN_BLOCK) {
    const columns = min(COLUMN_BLOCK, N - n);
    for (let k = 0; k < K; k += DEPTH) {
      const depth = min(DEPTH, K - k), ck = c + bytes(n), ak = a + bytes(k * aStride);
      pack(packedB, b + bytes(k * bStride + n), bStride, depth, columns);
      for (let m = 0; m < C; m += ROW_BLOCK) {
        const rows = min(ROW_BLOCK, C - m);
        packRows(packedA, ak + bytes(m), aStride, depth, rows);
        addBlock(ck + bytes(m * cStride), cStride, packedA, packedB, rows, columns, depth);
      }
      for (let m = 0; m < F; m += ROW_BLOCK) {
        const rows = min(ROW_BLOCK, F - m);
        packMasked(packedA, ak + bytes(C + m), aStride, mask + bytes(m), maskStride, places + bytes(k), depth, rows);
        addBlock(ck + bytes((C + m) * cStride), cStride, packedA, packedB, rows, columns, depth);
      }
    }
  }
}

/** c += the product of packed operands, tile by tile, since packed rows lie in tiles of four: [rows / 4][depth][4]. */
function addBlock(c: usize, cStride: i32, packedA: usize, packedB: usize, rows: i32, columns: i32, depth: i32): void {
  let j = 0;
  for (; wideTiles && j + 8 < columns; j += 16) {
    const panel = packedB + bytes(j * depth), width = min(16, columns - j);
    for (let r = 0; r < rows; r += 2) {
      const cr = c + bytes(r * cStride + j);
      wideTileProduct(
        cr, bytes(cStride), cr, bytes(cStride), packedA + bytes((r & ~3) * depth + (r & 3)), panel, bytes(depth * 8),
        min(2, rows - r), width, depth,
      );
    }
  }
  for (; j < columns; j += 8) {
    const panel = packedB + bytes(j * depth), width = min(8, columns - j);
    for (let r = 0; r < rows; r += 4) {
      const cr = c + bytes(r * cStride + j);
      tileProduct(cr, bytes(cStride), cr, bytes(cStride), packedA + bytes(r * depth), panel, min(4, rows - r), width, depth);
    }
  }
}

/**
 * packed  [rows / 4][K][4]  out  assigned; missing rows are 0
 * a       [K, rows]         in   row stride aStride elements
 */
// @ts-ignore: decorator
@inline
function packRows(packed: usize, a: usize, aStride: i32, K: i32, rows: i32): void {
  const step = bytes(aStride), tile = bytes(K * 4);
  let r = 0;
  // Sixteen at once, so that each cache line of a is read once.
  for (; r + 16 <= rows; r += 16, packed += 3 * tile) {
    for (let k = 0, p = a + bytes(r); k < K; k++, p += step, packed += 16) {
      v128.store(packed, v128.load(p));
      v128.store(packed + tile, v128.load(p, 16));
      v128.store(packed + 2 * tile, v128.load(p, 32));
      v128.store(packed + 3 * tile, v128.load(p, 48));
    }
  }
  for (; r + 4 <= rows; r += 4) {
    for (let k = 0, p = a + bytes(r); k < K; k++, p += step, packed += 16) v128.store(packed, v128.load(p));
  }
  for (let k = 0, p = a + bytes(r); r < rows && k < K; k++, p += step, packed += 16) {
    v128.store(packed, loadTail(p, rows - r));
  }
}

/** The same of mask ⊙ a, masks as above. */
// @ts-ignore: decorator
@inline
function packMasked(
  packed: usize, a: usize, aStride: i32, mask: usize, maskStride: i32, places: usize, K: i32, rows: i32,
): void {
  const step = bytes(aStride), tile = bytes(K * 4);
  let r = 0;
  for (; r + 16 <= rows; r += 16, packed += 3 * tile) {
    for (let k = 0, p = a + bytes(r); k < K; k++, p += step, packed += 16) {
      const m = mask + bytes(load<i32>(places + bytes(k)) * maskStride + r);
      v128.store(packed, f32x4.mul(v128.load(p), v128.load(m)));
      v128.store(packed + tile, f32x4.mul(v128.load(p, 16), v128.load(m, 16)));
      v128.store(packed + 2 * tile, f32x4.mul(v128.load(p, 32), v128.load(m, 32)));
      v128.store(packed + 3 * tile, f32x4.mul(v128.load(p, 48), v128.load(m, 48)));
    }
  }
  for (; r < rows; r += 4) {
    for (let k = 0, p = a + bytes(r); k < K; k++, p += step, packed += 16) {
      const m = mask + bytes(load<i32>(places + bytes(k)) * maskStride + r);
      v128.store(packed, f32x4.mul(v128.load(p), v128.load(m)));
    }
  }
}
