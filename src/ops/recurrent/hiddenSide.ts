/**
 * The side of h in a cell whose gates all see it alike, h·recurrentKernel, in a product of its own; and its gradient.
 * With recurrent dropout each gate sees h through a mask, and has its own product: see assembly/recurrent/recurrentMask.ts.
 */
import type { Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import { type Rows, weightGradient } from "../products.ts";
import { type Buffers, padded } from "./cell.ts";
import type { Frame } from "./frame.ts";
import { sumOfProducts } from "./gradients.ts";
import { type RecurrentWeights, type Sizes, transposeRecurrent } from "./weights.ts";

export interface HiddenSide {
  /** recurrentKernel, packed for the cell */
  readonly packed: number;
  /** More words of the frame, for the backward pass. */
  transpose(): Frame;
  /**
   * Adds the gradient of recurrentKernel.
   *
   * @param dz [rows, G], rows `stride` elements apart
   */
  addGradient(buffers: Buffers, dz: number, stride: number, rows: number): void;
}

/**
 * @param packed recurrentKernel alone, packed for `product`; without masks h stands alone in the rows of xh
 * @param width of the x parts of xh: with masks, kernel is packed before recurrentKernel where there are any
 */
export function bindHidden(
  context: Context,
  weights: RecurrentWeights,
  sizes: Sizes,
  packed: () => number,
  masked: boolean,
  width = 0,
): HiddenSide {
  if (masked) return bindMasked(context, weights, sizes, width);
  const { recurrentKernel } = weights;
  const { G, gates, H, F } = sizes;
  return {
    packed: packed(),
    transpose: () => transposeRecurrent(context, weights, sizes),
    addGradient({ xh }, dz, stride, rows) {
      const gradient = context.tape?.gradientOf(recurrentKernel) ?? 0;
      if (!gradient) return;
      const sum = sumOfProducts(context, xh, padded(F), F, dz, G, rows, stride);
      context.kernels.recurrentAddUnpadded(gradient, sum, F, H, gates);
    },
  };
}

export interface MaskedSide extends HiddenSide {
  addGradient(buffers: Buffers, dz: number, stride: number, rows: number, last?: LastGate): void;
}

/** The gate whose pre-activations are not in the slot of its number, or that sees something else. */
interface LastGate {
  slot?: number;
  input?: Rows;
}

/**
 * The side of h with masks.
 *
 * @param C length of the x parts of xh: kernel is packed before recurrentKernel where there are any
 */
export function bindMasked(
  context: Context,
  { kernel, recurrentKernel }: RecurrentWeights,
  sizes: Sizes,
  C: number,
): MaskedSide {
  const { kernels, memory, tape } = context;
  const { G, gates, H, F } = sizes;
  const [P, width] = [padded(H), padded(F)];
  const kernelSize = kernels.packedSize(C, G);
  const packed = memory.allocate(kernelSize + gates * kernels.packedSize(F, P));
  kernels.recurrentPack(packed, kernel.pointer, C, 0, 0, H, gates, false);
  packByGate(context, packed + 4 * kernelSize, recurrentKernel, sizes);
  return {
    packed,
    transpose: () => ({ packedTransposed: transposeByGate(context, recurrentKernel, sizes) }),
    addGradient({ maskedHidden }, dz, stride, rows, last = {}) {
      const gradient = tape?.gradientOf(recurrentKernel) ?? 0;
      if (!gradient) return;
      const sum = memory.allocateZeros(F * G);
      for (let gate = 0; gate < gates; gate++) {
        const own = gate === gates - 1 ? last : {};
        const input = own.input ?? { pointer: maskedHidden + 4 * gate * width, stride: gates * width };
        const slot = { pointer: dz + 4 * (own.slot ?? gate) * P, stride };
        weightGradient(context, { pointer: sum + 4 * gate * P, stride: G }, input, slot, [F, P, rows]);
      }
      kernels.recurrentAddUnpadded(gradient, sum, F, H, gates);
    },
  };
}

/** Packs the gates of recurrentKernel one after the other, [F, P] each. */
function packByGate({ kernels }: Context, packed: number, { pointer }: Tensor, { gates, H, F }: Sizes): void {
  const size = kernels.packedSize(F, padded(H));
  for (let gate = 0; gate < gates; gate++) {
    kernels.recurrentPackPart(packed + 4 * gate * size, 0, 0, pointer + 4 * gate * H, F, H, 1, gates, false);
  }
}

/** The same of their transposes, [P, F] each, in the arena. */
function transposeByGate({ kernels, memory }: Context, { pointer }: Tensor, { gates, H, F }: Sizes): number {
  const size = kernels.packedSize(padded(H), F);
  const packed = memory.allocate(gates * size);
  for (let gate = 0; gate < gates; gate++) {
    kernels.recurrentPackTransposedPart(packed + 4 * gate * size, pointer + 4 * gate * H, F, H, 1, gates);
  }
  return packed;
}
