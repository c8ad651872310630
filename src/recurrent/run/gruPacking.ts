/** The packed weights of the GRUs; see assembly/recurrent/gruProducts.ts for their layouts. */
import type { Context } from "../../context.ts";
import { packedColumns, padded, wholeWidePanels } from "../../engine/layout.ts";
import type { RecurrentWeights, Sizes } from "./weights.ts";

/** Gates z r h. */
export const GRU_GATES = 3;

/** Elements that the packed weights of a GRU take, in any form. */
export function gruPackedSize(C: number, H: number): number {
  const P = padded(H);
  return (packedColumns(2 * P) + packedColumns(P)) * (C + H);
}

/**
 * All weights, or all but kernel: those of z and r for rows [x | h], the candidate's for x and for h.
 *
 * @param apart z and r one after the other
 */
function packGates(
  { kernels }: Context,
  packed: number,
  { kernel, recurrentKernel }: RecurrentWeights,
  { C, H }: Sizes,
  wide: boolean,
  apart = false,
): void {
  const P = padded(H);
  const zr = apart ? [0, 1].map(gate => [gate, 1, C, H]) : [[0, 2, C, H]];
  let at = packed;
  for (const [first, gates, x, h] of [...zr, [2, 1, C, 0], [2, 1, 0, H]]) {
    const [k, r] = [kernel, recurrentKernel].map(({ pointer }) => pointer + 4 * first * H);
    kernels.recurrentPackPart(at, k, x, r, h, H, gates, GRU_GATES, wide);
    at += 4 * (wide ? wholeWidePanels(gates * P) * (x + h) : kernels.packedSize(x + h, gates * P));
  }
}

/** All weights, once a version of them. */
export function packTogether(context: Context, weights: RecurrentWeights, sizes: Sizes, wide = false): number {
  const pack = (p: number) => packGates(context, p, weights, sizes, wide);
  return weights.packed.ensure(context, pack, wide ? "together, wide" : "together");
}

/** Kernel, whose product with x is made ahead, and the weights of h. */
export function packApart(context: Context, weights: RecurrentWeights, sizes: Sizes, wide = false) {
  const { kernels } = context;
  const { G, C, H } = sizes;
  const kernelBytes = 4 * kernels.packedSize(C, G);
  const pack = (p: number) => {
    kernels.recurrentPack(p, weights.kernel.pointer, C, 0, 0, H, GRU_GATES, false);
    packGates(context, p + kernelBytes, weights, { ...sizes, C: 0 }, wide);
  };
  const pointer = weights.packed.ensure(context, pack, wide ? "apart, wide" : "apart");
  return { kernel: pointer, others: pointer + kernelBytes };
}

/** Each gate's weights by themselves, in the arena. */
export function packByGate(context: Context, weights: RecurrentWeights, sizes: Sizes): number {
  const { kernels, memory } = context;
  const { C, H } = sizes;
  const P = padded(H);
  const packed = memory.allocate(
    2 * kernels.packedSize(C + H, P) + kernels.packedSize(C, P) + kernels.packedSize(H, P),
  );
  packGates(context, packed, weights, sizes, false, true);
  return packed;
}
