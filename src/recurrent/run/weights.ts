/** The weights of uniform cells, whose gates all see x and h alike, z = x·kernel + bias + h·recurrentKernel, packed for kernels. */
import type { Context } from "../../context.ts";
import { packedColumns, padded, wholeWidePanels } from "../../engine/layout.ts";
import type { Packed } from "../../packed.ts";
import type { Tensor } from "../../tensor.ts";
import type { Frame } from "./frame.ts";

export interface RecurrentWeights {
  /** [C, gates·H] */
  kernel: Tensor;
  /** [F, gates·H] */
  recurrentKernel: Tensor;
  /** [gates·H] */
  bias?: Tensor | undefined;
  /** Room for kernel and recurrentKernel, packed. */
  packed: Packed;
}

export interface Sizes {
  /** Elements that the weights' gates take, padded: gates·P. */
  G: number;
  gates: number;
  C: number;
  H: number;
  F: number;
}

export function sizesOf({ kernel, recurrentKernel }: RecurrentWeights, gates: number): Sizes {
  const [C, F] = [kernel.shape[0], recurrentKernel.shape[0]];
  const H = kernel.shape[1] / gates;
  return { G: gates * padded(H), gates, C, H, F };
}

/** Elements that the packed weights of a uniform cell take, in any form. */
export function uniformPackedSize(C: number, H: number, gates: number, F = H): number {
  return packedColumns(gates * padded(H)) * (C + F);
}

/**
 * Both matrices for one product with rows [x | h].
 *
 * @param wide for a single row
 */
export function packSideBySide(
  context: Context,
  weights: RecurrentWeights,
  { C, H, F, gates }: Sizes,
  wide = false,
): number {
  const { kernel, recurrentKernel, packed } = weights;
  const pack = (p: number) =>
    context.kernels.recurrentPack(p, kernel.pointer, C, recurrentKernel.pointer, F, H, gates, wide);
  return packed.ensure(context, pack, wide ? "side by side, wide" : "side by side");
}

/**
 * Each matrix for a product of its own.
 *
 * @param wide recurrentKernel for a single row
 */
export function packApart(context: Context, weights: RecurrentWeights, { G, C, H, F, gates }: Sizes, wide = false) {
  const { kernels } = context;
  const { kernel, recurrentKernel, packed } = weights;
  const kernelBytes = 4 * kernels.packedSize(C, G);
  const pack = (p: number) => {
    kernels.recurrentPack(p, kernel.pointer, C, 0, 0, H, gates, false);
    kernels.recurrentPack(p + kernelBytes, 0, 0, recurrentKernel.pointer, F, H, gates, wide);
  };
  const pointer = packed.ensure(context, pack, wide ? "apart, wide" : "apart");
  return { kernel: pointer, recurrentKernel: pointer + kernelBytes };
}

/** Writes the bias with its gates padded. */
export function padBias({ kernels }: Context, row: number, bias: Tensor, { gates, H }: Sizes): void {
  kernels.recurrentPadGates(row, bias.pointer, 1, H, gates);
}

/** The bias with its gates padded, in the arena, with room for whole wide panels; 0 without one. */
export function paddedBias(context: Context, bias: Tensor | undefined, sizes: Sizes): number {
  if (!bias) return 0;
  const row = context.memory.allocate(wholeWidePanels(sizes.G));
  padBias(context, row, bias, sizes);
  return row;
}

/** Packs recurrentKernel for the gradient of the hidden state. */
export function transposeRecurrent(
  context: Context,
  { recurrentKernel }: RecurrentWeights,
  { G, F, H, gates }: Sizes,
): Frame {
  const { kernels, memory } = context;
  const packedTransposed = memory.allocate(kernels.packedSize(G, F));
  kernels.recurrentPackTransposed(packedTransposed, recurrentKernel.pointer, F, H, gates);
  return { packedTransposed };
}
