/**
 * The side of h in a cell whose gates all see it alike, h·recurrentKernel, and its gradient. Where x stands beside h in the
 * rows of xh, one product makes both sides. With recurrent dropout each gate has its own product: maskedGates.ts.
 */
import type { Context } from "../../context.ts";
import { padded } from "../../engine/layout.ts";
import { weightGradient } from "../../ops/products.ts";
import type { Buffers, HiddenMasks, RowRange } from "./cell.ts";
import type { Frame } from "./frame.ts";
import { addMaskedGate, packByGate, transposeByGate } from "./maskedGates.ts";
import { type RecurrentWeights, type Sizes, transposeRecurrent } from "./weights.ts";

export interface HiddenSide {
  /** The weights, packed for the cell */
  readonly packed: number;
  /** More words of the frame, for the backward pass. */
  transpose(): Frame;
  /**
   * Adds the gradient of recurrentKernel, and of kernel where x stands beside h.
   *
   * @param dz [rows, G], rows `stride` elements apart
   */
  addGradients(buffers: Buffers, dz: number, stride: number, rows: RowRange): void;
}

/**
 * @param sizes with C = 0 where h stands alone in the rows of xh
 * @param pack packs the weights for rows [x | h]; not called with masks
 */
export function bindHidden(
  context: Context,
  weights: RecurrentWeights,
  sizes: Sizes,
  pack: () => number,
  masks: HiddenMasks | undefined,
): HiddenSide {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel } = weights;
  const { G, gates, C, H, F } = sizes;
  return {
    packed: masks ? packByGate(context, weights, sizes) : pack(),
    transpose: () =>
      masks ? transposeByGate(context, recurrentKernel, sizes) : transposeRecurrent(context, weights, sizes),
    addGradients({ xh }, dz, stride, rows) {
      const dKernel = (C && tape?.gradientOf(kernel)) || 0;
      const dRecurrent = tape?.gradientOf(recurrentKernel) ?? 0;
      if (!dKernel && !dRecurrent) return;
      const sums = memory.allocateZeros((C + F) * G);
      const seen = { pointer: xh + 4 * (padded(C) - C), stride: padded(C) + padded(F) };
      if (masks) {
        for (let gate = 0; gate < gates; gate++) {
          const own = { pointer: dz + 4 * gate * padded(H), stride };
          addMaskedGate(context, sums, seen, masks, gate, own, rows, sizes);
        }
      } else {
        const all = { pointer: dz, stride };
        weightGradient(context, { pointer: sums, stride: G }, seen, all, [C + F, G, rows.count]);
      }
      if (dKernel) kernels.recurrentAddUnpadded(dKernel, sums, C, H, gates);
      if (dRecurrent) kernels.recurrentAddUnpadded(dRecurrent, sums + 4 * C * G, F, H, gates);
    },
  };
}
