/** What attention is made of, beside products. */
import type { Backward, Context } from "../context.ts";
import { ATTENTION } from "../engine/families/attention.generated.ts";
import type { Tensor } from "../tensor.ts";
import { BATCHED_KERNELS, batchedProducts } from "./batchedProducts.ts";

/** The kernels of attention by products. */
export const ATTENTION_KERNELS = [...BATCHED_KERNELS, ATTENTION];

/** What a query may see. */
export interface Seen {
  /** [N, K], of the values; none: all */
  readonly mask: Tensor | undefined;
  /** Whether query i sees keys 0..i alone */
  readonly causal: boolean;
}

/** Softmax of scale·x [N, heads, Q, K] over what is seen; what is not, is 0. */
export function attentionSoftmax(context: Context, x: Tensor, { mask, causal }: Seen, scale = 1): Tensor {
  const [N, heads, Q, K] = x.shape;
  const y = context.tensor(x.shape, [x]);
  context.kernels.attentionSoftmax(y.pointer, x.pointer, mask?.pointer ?? 0, causal, scale, N, heads, Q, K);
  context.record(attentionSoftmaxBackward, [y], x, scale);
  return y;
}

export const attentionSoftmaxBackward: Backward<[x: Tensor, scale: number]> = (context, [y], x, scale) => {
  const K = x.shape[3];
  context.kernels.attentionSoftmaxBackward(context.gradientOf(x), y.gradient, y.pointer, scale, x.size / K, K);
};

/** Σ weight·tanh(query + key): query [N, Q, C], key [N, K, C], weight [C] -> [N, 1, Q, K]. */
export function additiveScores(context: Context, query: Tensor, key: Tensor, weight: Tensor): Tensor {
  const [N, Q, C] = query.shape;
  const [, K] = key.shape;
  const y = context.tensor([N, 1, Q, K], [query, key, weight]);
  context.kernels.attentionAdditiveForward(y.pointer, query.pointer, key.pointer, weight.pointer, N, Q, K, C);
  context.record(additiveScoresBackward, [y], query, key, weight);
  return y;
}

export const additiveScoresBackward: Backward<[query: Tensor, key: Tensor, weight: Tensor]> = (
  context,
  [y],
  query,
  key,
  weight,
) => {
  const { kernels, memory } = context;
  const [N, Q, C] = query.shape;
  const [, K] = key.shape;
  const wanted = [query, key, weight].map(tensor => context.gradientOf(tensor));
  const mark = memory.mark();
  const [dQuery, dKey, dWeight] = [query, key, weight].map(
    (tensor, i) => wanted[i] || memory.allocateZeros(tensor.size),
  );
  const inputs = [query.pointer, key.pointer, weight.pointer] as const;
  kernels.attentionAdditiveBackward(dQuery, dKey, dWeight, y.gradient, ...inputs, N, Q, K, C);
  memory.release(mark);
};

/** Of [N, T, heads·size], where heads lie side by side: the matrices [T, size] of each. */
const sideBySide = (x: Tensor, size: number) => ({ batch: x.size / x.shape[0], head: size, row: x.shape[2] });
/** Of [N, heads, rows, columns]. */
const stacked = (heads: number, rows: number, columns: number) => ({
  batch: heads * rows * columns,
  head: rows * columns,
  row: columns,
});

/** query·keyᵀ of each head: [N, Q, heads·size], [N, K, heads·size] -> [N, heads, Q, K]. */
export function dotScores(context: Context, query: Tensor, key: Tensor, heads: number): Tensor {
  const [N, Q, width] = query.shape;
  const [, K] = key.shape;
  const size = width / heads;
  return batchedProducts(context, query, key, [N, heads, Q, K], {
    batches: N,
    heads,
    sizes: [Q, K, size],
    transposed: true,
    a: sideBySide(query, size),
    b: sideBySide(key, size),
    c: stacked(heads, Q, K),
  });
}

/** weights·value of each head: [N, heads, Q, K], [N, K, heads·size] -> [N, Q, heads·size]. */
export function weighted(context: Context, weights: Tensor, value: Tensor): Tensor {
  const [N, heads, Q, K] = weights.shape;
  const width = value.shape[2];
  const size = width / heads;
  return batchedProducts(context, weights, value, [N, Q, width], {
    batches: N,
    heads,
    sizes: [Q, size, K],
    transposed: false,
    a: stacked(heads, Q, K),
    b: sideBySide(value, size),
    c: { batch: Q * width, head: size, row: width },
  });
}
