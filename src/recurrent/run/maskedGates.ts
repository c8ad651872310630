/** Gates that see h through masks of their own, each with its own product; see assembly/recurrent/recurrentMask.ts. */
import type { Context } from "../../context.ts";
import { padded } from "../../engine/layout.ts";
import { maskedWeightGradient, type Rows } from "../../ops/products.ts";
import type { Tensor } from "../../tensor.ts";
import type { HiddenMasks, RowRange } from "./cell.ts";
import type { Frame } from "./frame.ts";
import type { RecurrentWeights, Sizes } from "./weights.ts";

/** Packs the weights of each gate for rows [x | h], [C + F, P], one after the other in the arena. */
export function packByGate(
  { kernels, memory }: Context,
  { kernel, recurrentKernel }: RecurrentWeights,
  { gates, C, H, F }: Sizes,
): number {
  const size = kernels.packedSize(C + F, padded(H));
  const packed = memory.allocate(gates * size);
  for (let gate = 0; gate < gates; gate++) {
    const [k, r] = [kernel, recurrentKernel].map(({ pointer }) => pointer + 4 * gate * H);
    kernels.recurrentPackPart(packed + 4 * gate * size, k, C, r, F, H, 1, gates, false);
  }
  return packed;
}

/** The transposes of each gate's part of recurrentKernel, [P, F]. */
export function transposeByGate({ kernels, memory }: Context, { pointer }: Tensor, { gates, H, F }: Sizes): Frame {
  const size = kernels.packedSize(padded(H), F);
  const packedTransposed = memory.allocate(gates * size);
  for (let gate = 0; gate < gates; gate++) {
    kernels.recurrentPackTransposedPart(packedTransposed + 4 * gate * size, pointer + 4 * gate * H, F, H, 1, gates);
  }
  return { packedTransposed };
}

/**
 * Adds [x | mask ⊙ h]ᵀ·dz of one gate to the sums [C + F, G] of all.
 *
 * @param xh its rows, the first of them row `first`
 * @param dz [rows, P], of the gate
 */
export function addMaskedGate(
  context: Context,
  sums: number,
  xh: Rows,
  { pointer, places }: HiddenMasks,
  gate: number,
  dz: Rows,
  { first, count }: RowRange,
  { G, gates, C, H, F }: Sizes,
): void {
  const [P, width] = [padded(H), padded(F)];
  const mask = { pointer: pointer + 4 * gate * width, stride: gates * width, places: places + 4 * first };
  maskedWeightGradient(context, { pointer: sums + 4 * gate * P, stride: G }, xh, mask, dz, [C, F, P, count]);
}
