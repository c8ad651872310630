/**
 * How the input of a recurrent layer gets into its pre-activations, z = x·kernel + bias + h·recurrentKernel.
 *
 * In general x and h stand side by side in the rows of xh and one product makes z. Where x was looked up in a table,
 * x·kernel + bias is made once for each distinct row of the table instead, and z begins with that: text repeats itself.
 */
import type { Context } from "../../context.ts";
import type { Packed } from "../../packed.ts";
import type { Lookup, Tensor } from "../../tensor.ts";
import { product, weightGradient } from "../products.ts";
import type { Steps } from "./steps.ts";

/** n rounded up to whole vectors, as the kernels pad it. */
export const padded = (n: number): number => (n + 3) & ~3;

export interface RecurrentWeights {
  /** [C, gates·H] */
  kernel: Tensor;
  /** [H, gates·H] */
  recurrentKernel: Tensor;
  /** [gates·H] */
  bias?: Tensor | undefined;
  /** Room for kernel and recurrentKernel, packed. */
  packed: Packed;
}

export interface RecurrentInput {
  /** C, the length of the x parts of xh: 0 where the input is projected. */
  readonly width: number;
  /** Pointers for the forward kernel, 0 for none. */
  readonly packed: number;
  readonly bias: number;
  readonly projected: number;
  readonly projectedRows: number;
  /** What `backward` adds gradients to: their buffers are made before any scratch. */
  readonly wanted: readonly (Tensor | undefined)[];
  /** Fills the x parts of xh. */
  load(xh: number): void;
  /**
   * Adds the gradients of all weights and of the input.
   *
   * @param dz [R, gates·P]
   */
  backward(xh: number, dz: number): void;
}

export interface RecurrentSizes {
  /** Elements that the weights' gates take, padded: gates·P. */
  G: number;
  gates: number;
  C: number;
  H: number;
}

export function recurrentSizes({ kernel, recurrentKernel }: RecurrentWeights, gates: number): RecurrentSizes {
  const [C, H] = [kernel.shape[0], recurrentKernel.shape[0]];
  return { G: gates * padded(H), gates, C, H };
}

/** n rounded up to whole wide panels, the packed form for streams. */
export const wholeWidePanels = (n: number): number => Math.ceil(n / 28) * 28;

/** Elements that the packed weights of a recurrent layer take, in any form. */
export function recurrentPackedSize(C: number, H: number, gates: number): number {
  return wholeWidePanels(gates * padded(H)) * (C + H);
}

export function recurrentInput(
  context: Context,
  x: Tensor,
  weights: RecurrentWeights,
  steps: Steps,
  gates: number,
): RecurrentInput {
  const sizes = recurrentSizes(weights, gates);
  return x.lookup ? lookedUp(context, x.lookup, weights, steps, sizes) : plain(context, x, weights, steps, sizes);
}

/**
 * Both matrices for one product with rows [x | h].
 *
 * @param wide for a single row
 */
export function packSideBySide(
  context: Context,
  weights: RecurrentWeights,
  { C, H, gates }: RecurrentSizes,
  wide = false,
): number {
  const { kernel, recurrentKernel, packed } = weights;
  const pack = (p: number) =>
    context.kernels.recurrentPack(p, kernel.pointer, C, recurrentKernel.pointer, H, H, gates, wide);
  return packed.ensure(context, pack, wide ? "side by side, wide" : "side by side");
}

/**
 * Each matrix for a product of its own.
 *
 * @param wide recurrentKernel for a single row
 */
export function packApart(
  context: Context,
  weights: RecurrentWeights,
  { G, C, H, gates }: RecurrentSizes,
  wide = false,
) {
  const { kernels } = context;
  const { kernel, recurrentKernel, packed } = weights;
  const kernelBytes = 4 * kernels.packedSize(C, G);
  const pack = (p: number) => {
    kernels.recurrentPack(p, kernel.pointer, C, 0, 0, H, gates, false);
    kernels.recurrentPack(p + kernelBytes, 0, 0, recurrentKernel.pointer, H, H, gates, wide);
  };
  const pointer = packed.ensure(context, pack, wide ? "apart, wide" : "apart");
  return { kernel: pointer, recurrentKernel: pointer + kernelBytes };
}

/** Writes the bias with its gates padded. */
export function padBias({ kernels }: Context, row: number, bias: Tensor, { gates, H }: RecurrentSizes): void {
  kernels.recurrentPadGates(row, bias.pointer, 1, H, gates);
}

function paddedBias(context: Context, bias: Tensor | undefined, sizes: RecurrentSizes): number {
  if (!bias) return 0;
  const row = context.memory.allocate(sizes.G);
  padBias(context, row, bias, sizes);
  return row;
}

function plain(
  context: Context,
  x: Tensor,
  weights: RecurrentWeights,
  steps: Steps,
  sizes: RecurrentSizes,
): RecurrentInput {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G, gates, C, H } = sizes;
  const S = padded(C) + padded(H);
  const firstInput = 4 * (padded(C) - C);
  const packed = packSideBySide(context, weights, sizes);
  return {
    width: C,
    packed,
    bias: paddedBias(context, bias, sizes),
    projected: 0,
    projectedRows: 0,
    wanted: [x, kernel, recurrentKernel, bias],
    load: xh => kernels.gatherRows(xh + firstInput, S, x.pointer, C, steps.inputs, steps.rows, C),
    backward(xh, dz) {
      const dx = tape?.gradientOf(x) ?? 0;
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      const dRecurrent = tape?.gradientOf(recurrentKernel) ?? 0;
      addBias(context, bias, dz, steps.rows, sizes);
      const mark = memory.mark();
      if (dKernel || dRecurrent) {
        // One product for both weight matrices, since a row of xh holds both their inputs side by side.
        const both = sumOfProducts(context, xh + firstInput, S, C + H, dz, G, steps.rows);
        if (dKernel) kernels.recurrentAddUnpadded(dKernel, both, C, H, gates);
        if (dRecurrent) kernels.recurrentAddUnpadded(dRecurrent, both + 4 * C * G, H, H, gates);
      }
      if (dx) {
        const rows = timesTransposed(context, dz, kernel, steps.rows, sizes);
        kernels.scatterAddRows(dx, C, rows, C, steps.inputs, steps.rows, C);
      }
      memory.release(mark);
    },
  };
}

function lookedUp(
  context: Context,
  { table, count, distinct, which }: Lookup,
  weights: RecurrentWeights,
  steps: Steps,
  sizes: RecurrentSizes,
): RecurrentInput {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G, gates, C, H } = sizes;
  const P = padded(H);
  const packed = packApart(context, weights, sizes);
  const x = memory.allocate(count * C);
  kernels.gatherRows(x, C, table.pointer, C, distinct, count, C);
  const projected = memory.allocate(count * G);
  const biasRow = { pointer: paddedBias(context, bias, sizes), stride: 0 };
  product(context, { pointer: projected, stride: G }, biasRow, { pointer: x, stride: C }, packed.kernel, [count, G, C]);
  const projectedRows = memory.allocate(steps.rows);
  kernels.gatherRows(projectedRows, 1, which, 1, steps.inputs, steps.rows, 1);
  return {
    width: 0,
    packed: packed.recurrentKernel,
    bias: 0,
    projected,
    projectedRows,
    wanted: [table, kernel, recurrentKernel, bias],
    load() {},
    backward(xh, dz) {
      const dTable = tape?.gradientOf(table) ?? 0;
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      const dRecurrent = tape?.gradientOf(recurrentKernel) ?? 0;
      const mark = memory.mark();
      if (dRecurrent) {
        const sum = sumOfProducts(context, xh, P, H, dz, G, steps.rows);
        kernels.recurrentAddUnpadded(dRecurrent, sum, H, H, gates);
      }
      const dProjected = sumByRow(context, dz, G, projectedRows, steps.rows, count);
      addBias(context, bias, dProjected, count, sizes);
      if (dKernel) {
        const sum = sumOfProducts(context, x, C, C, dProjected, G, count);
        kernels.recurrentAddUnpadded(dKernel, sum, C, H, gates);
      }
      if (dTable) {
        const rows = timesTransposed(context, dProjected, kernel, count, sizes);
        kernels.scatterAddRows(dTable, C, rows, C, distinct, count, C);
      }
      memory.release(mark);
    },
  };
}

function addBias(
  { kernels, memory, tape }: Context,
  bias: Tensor | undefined,
  dz: number,
  rows: number,
  { G, H, gates }: RecurrentSizes,
): void {
  const dBias = tape?.gradientOf(bias) ?? 0;
  if (!dBias) return;
  const mark = memory.mark();
  const sums = memory.allocateZeros(G);
  kernels.sumRows(sums, dz, rows, G);
  kernels.recurrentAddUnpadded(dBias, sums, 1, H, gates);
  memory.release(mark);
}

/** [groups, G] in the arena: the sums of those rows of dz that belong together. */
function sumByRow(
  { kernels, memory, parallel }: Context,
  dz: number,
  G: number,
  group: number,
  rows: number,
  groups: number,
): number {
  const [starts, grouped] = [memory.allocate(groups + 1), memory.allocate(rows)];
  kernels.groupRows(starts, grouped, group, rows, groups);
  const sums = memory.allocate(groups * G);
  // Memory sets its speed, not arithmetic: about that of four operations an element.
  const calls = parallel
    .split(G, 16, 4 * rows * G)
    .map(([from, to]) => [sums + 4 * from, G, dz + 4 * from, G, starts, grouped, groups, to - from]);
  parallel.run("sumGroups", calls);
  return sums;
}

/** aᵀ·b [M, N] in the arena, a [rows, M] of row stride aStride, b [rows, N]. */
function sumOfProducts(
  context: Context,
  a: number,
  aStride: number,
  M: number,
  b: number,
  N: number,
  rows: number,
): number {
  const pointer = context.memory.allocateZeros(M * N);
  const [left, right] = [
    { pointer: a, stride: aStride },
    { pointer: b, stride: N },
  ];
  weightGradient(context, { pointer, stride: N }, left, right, [M, N, rows]);
  return pointer;
}

/** dz·kernelᵀ [rows, C] in the arena. */
function timesTransposed(context: Context, dz: number, kernel: Tensor, rows: number, sizes: RecurrentSizes): number {
  const { kernels, memory } = context;
  const { G, gates, C, H } = sizes;
  const transposed = memory.allocate(kernels.packedSize(G, C));
  kernels.recurrentPackTransposed(transposed, kernel.pointer, C, H, gates);
  const pointer = memory.allocate(rows * C);
  const none = { pointer: 0, stride: 0 };
  product(context, { pointer, stride: C }, none, { pointer: dz, stride: G }, transposed, [rows, C, G]);
  return pointer;
}
