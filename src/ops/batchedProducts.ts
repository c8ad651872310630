/** Many products of matrices at once, wherever they lie in tensors. */
import type { Backward, Context } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import { packedSize } from "../engine/layout.ts";
import type { Call } from "../engine/threads/parallel.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** The kernels of what is here. */
export const BATCHED_KERNELS = [TENSORS];

/** From one batch, one head and one row of matrices to the next, in elements. */
export interface Lie {
  readonly batch: number;
  readonly head: number;
  readonly row: number;
}

/** How many products, of a [M, K] and b [K, N], or [N, K] if `transposed`. */
export interface Products {
  readonly batches: number;
  readonly heads: number;
  readonly sizes: readonly [M: number, N: number, K: number];
  readonly transposed: boolean;
  readonly a: Lie;
  readonly b: Lie;
  readonly c: Lie;
}

/** A matrix in linear memory, and how those after it lie. */
type Place = readonly [pointer: number, lie: Lie];

/** The matrix of batch `from`, as kernels take it. */
const at = ([pointer, { batch, head, row }]: Place, from: number) =>
  [pointer + 4 * from * batch, batch, head, row] as const;

function multiplyAll(
  { memory, parallel }: Context,
  c: Place,
  a: Place,
  b: Place,
  transposed: boolean,
  adds: boolean,
  { batches, heads }: Products,
  [M, N, K]: Products["sizes"],
): void {
  const mark = memory.mark();
  const calls = parallel
    .split(batches, 1, 2 * batches * heads * M * N * K)
    .map(([from, to]): Call<"batchedProduct"> => {
      const scratch = memory.allocate(packedSize(K, N));
      const flags = [Number(transposed), Number(adds)] as const;
      return [...at(c, from), ...at(a, from), ...at(b, from), ...flags, to - from, heads, M, N, K, scratch];
    });
  parallel.run("batchedProduct", calls);
  memory.release(mark);
}

/** c += aᵀ·b of each; a [K, M], b [K, N]. */
function gradientAll(
  { kernels, memory, parallel }: Context,
  c: Place,
  a: Place,
  b: Place,
  { batches, heads }: Products,
  [M, N, K]: Products["sizes"],
): void {
  const mark = memory.mark();
  const calls = parallel
    .split(batches, 1, 2 * batches * heads * M * N * K)
    .map(([from, to]): Call<"batchedGradient"> => {
      const scratch = memory.allocate(kernels.weightGradientScratch(M, N, K));
      return [...at(c, from), ...at(a, from), ...at(b, from), to - from, heads, M, N, K, scratch];
    });
  parallel.run("batchedGradient", calls);
  memory.release(mark);
}

/** a·b, or a·bᵀ, of each batch and head. */
export function batchedProducts(context: Context, a: Tensor, b: Tensor, shape: Shape, of: Products): Tensor {
  const y = context.tensor(shape, [a, b]);
  multiplyAll(context, [y.pointer, of.c], [a.pointer, of.a], [b.pointer, of.b], of.transposed, false, of, of.sizes);
  context.record(batchedProductsBackward, [y], a, b, of);
  return y;
}

export const batchedProductsBackward: Backward<[a: Tensor, b: Tensor, of: Products]> = (context, [y], a, b, of) => {
  const [M, N, K] = of.sizes;
  const [da, db] = [context.gradientOf(a), context.gradientOf(b)];
  const dy: Place = [y.gradient, of.c];
  if (da) multiplyAll(context, [da, of.a], dy, [b.pointer, of.b], !of.transposed, true, of, [M, K, N]);
  if (!db) return;
  if (of.transposed) gradientAll(context, [db, of.b], dy, [a.pointer, of.a], of, [N, K, M]);
  else gradientAll(context, [db, of.b], [a.pointer, of.a], dy, of, [K, N, M]);
};
