/** The large matrix products, on all threads: cut by rows or columns of the result, never through a sum. */
import type { Context } from "../context.ts";
import type { Call } from "../engine/threads/parallel.ts";

/** A matrix in linear memory: where it begins, and the elements from one row to the next. */
export interface Rows {
  pointer: number;
  stride: number;
}

const at = ({ pointer, stride }: Rows, row: number): number => (pointer ? pointer + 4 * row * stride : 0);

/**
 * c = start + a·B.
 *
 * @param c [M, N]
 * @param start [M, N]; stride 0 for one row for all, pointer 0 for none
 * @param a [M, K]
 * @param packed [K, N], as the packing kernels leave it
 */
export function product(
  { parallel }: Context,
  c: Rows,
  start: Rows,
  a: Rows,
  packed: number,
  [M, N, K]: readonly [M: number, N: number, K: number],
): void {
  const calls = parallel
    .split(M, 4, 2 * M * N * K)
    .map(
      ([from, to]): Call<"product"> => [
        at(c, from),
        c.stride,
        at(start, from),
        start.stride,
        at(a, from),
        a.stride,
        packed,
        to - from,
        N,
        K,
      ],
    );
  parallel.run("product", calls);
}

/** A mask of rows. */
export interface RowMask extends Rows {
  /** int32: which row of the mask is that of a row */
  places: number;
}

/**
 * c += [x | mask ⊙ h]ᵀ·b, summed over many rows.
 *
 * @param c [C + F, N]
 * @param xh [rows, C + F]
 * @param mask rows of F
 * @param b [rows, N]
 */
export function maskedWeightGradient(
  { kernels, memory, parallel }: Context,
  c: Rows,
  xh: Rows,
  { pointer, stride, places }: RowMask,
  b: Rows,
  [C, F, N, rows]: readonly [C: number, F: number, N: number, rows: number],
): void {
  const mark = memory.mark();
  const calls = parallel.split(N, 8, 2 * (C + F) * N * rows).map(([from, to]): Call<"maskedWeightGradient"> => {
    const scratch = memory.allocate(kernels.weightGradientScratch(C + F, to - from, rows));
    const [ca, ba] = [c, b].map(matrix => matrix.pointer + 4 * from);
    return [ca, c.stride, xh.pointer, xh.stride, pointer, stride, places, ba, b.stride, C, F, to - from, rows, scratch];
  });
  parallel.run("maskedWeightGradient", calls);
  memory.release(mark);
}

/**
 * c += aᵀ·b, summed over many rows: the gradient of weights.
 *
 * @param c [M, N]
 * @param a [rows, M]
 * @param b [rows, N]
 */
export function weightGradient(
  { kernels, memory, parallel }: Context,
  c: Rows,
  a: Rows,
  b: Rows,
  [M, N, rows]: readonly [M: number, N: number, rows: number],
): void {
  const mark = memory.mark();
  const calls = parallel.split(N, 8, 2 * M * N * rows).map(([from, to]): Call<"weightGradient"> => {
    const scratch = memory.allocate(kernels.weightGradientScratch(M, to - from, rows));
    return [
      c.pointer + 4 * from,
      c.stride,
      a.pointer,
      a.stride,
      b.pointer + 4 * from,
      b.stride,
      M,
      to - from,
      rows,
      scratch,
    ];
  });
  parallel.run("weightGradient", calls);
  memory.release(mark);
}
