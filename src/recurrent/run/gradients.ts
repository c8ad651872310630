/** Gradients of weights and inputs from dz, the gradient of pre-activations [R, G]: large products after the loop over time. */
import type { Context } from "../../context.ts";
import type { Call } from "../../engine/threads/parallel.ts";
import { product, weightGradient } from "../../ops/products.ts";
import type { Tensor } from "../../tensor.ts";
import type { Sizes } from "./weights.ts";

/** sums [groups, G] += those rows of dz [rows, G] that belong together. */
export function addByRow(
  { kernels, memory, parallel }: Context,
  sums: number,
  dz: number,
  G: number,
  group: number,
  rows: number,
  groups: number,
  stride = G,
): void {
  const mark = memory.mark();
  const [starts, grouped] = [memory.allocate(groups + 1), memory.allocate(rows)];
  kernels.groupRows(starts, grouped, group, rows, groups);
  // Memory sets its speed, not arithmetic: about that of four operations an element.
  const calls = parallel
    .split(G, 16, 4 * rows * G)
    .map(
      ([from, to]): Call<"addGroups"> => [
        sums + 4 * from,
        G,
        dz + 4 * from,
        stride,
        starts,
        grouped,
        groups,
        to - from,
      ],
    );
  parallel.run("addGroups", calls);
  memory.release(mark);
}

/** aᵀ·b [M, N] in the arena, a [rows, M] of row stride aStride, b [rows, N] of row stride bStride. */
export function sumOfProducts(
  context: Context,
  a: number,
  aStride: number,
  M: number,
  b: number,
  N: number,
  rows: number,
  bStride = N,
): number {
  const pointer = context.memory.allocateZeros(M * N);
  const [left, right] = [
    { pointer: a, stride: aStride },
    { pointer: b, stride: bStride },
  ];
  weightGradient(context, { pointer, stride: N }, left, right, [M, N, rows]);
  return pointer;
}

/** dz·kernelᵀ [rows, C] in the arena. */
export function timesTransposed(
  context: Context,
  dz: number,
  kernel: Tensor,
  rows: number,
  sizes: Sizes,
  stride = sizes.G,
): number {
  const { kernels, memory } = context;
  const { G, gates, C, H } = sizes;
  const transposed = memory.allocate(kernels.packedSize(G, C));
  kernels.recurrentPackTransposed(transposed, kernel.pointer, C, H, gates);
  const pointer = memory.allocate(rows * C);
  const none = { pointer: 0, stride: 0 };
  product(context, { pointer, stride: C }, none, { pointer: dz, stride }, transposed, [rows, C, G]);
  return pointer;
}

/** Adds the sum of dz over its rows to the gradient of the bias. */
export function addBias(
  { kernels, memory, tape }: Context,
  bias: Tensor | undefined,
  dz: number,
  rows: number,
  { G, H, gates }: Sizes,
): void {
  const dBias = tape?.gradientOf(bias) ?? 0;
  if (!dBias) return;
  const mark = memory.mark();
  const sums = memory.allocateZeros(G);
  kernels.sumRows(sums, dz, rows, G);
  kernels.recurrentAddUnpadded(dBias, sums, 1, H, gates);
  memory.release(mark);
}
