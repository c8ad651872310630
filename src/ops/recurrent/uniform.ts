/**
 * Uniform cells: all gates see x and h alike, z = x·kernel + bias + h·recurrentKernel. x and h stand side by side in the
 * rows of xh and one product makes z, unless inputSide.ts projects the input or hiddenSide.ts masks h.
 */
import type { Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import { type BoundCell, padded } from "./cell.ts";
import { addBias, sumOfProducts } from "./gradients.ts";
import { bindHidden } from "./hiddenSide.ts";
import { addInputGradient, bindInput, loadInput } from "./inputSide.ts";
import type { Steps } from "./steps.ts";
import {
  packApart,
  packSideBySide,
  paddedBias,
  type RecurrentWeights,
  type Sizes,
  sizesOf,
  transposeRecurrent,
} from "./weights.ts";

/**
 * A cell whose gates all see x and h alike, with one bias: for `Cell.bind`.
 *
 * @param masked each gate sees h through a mask of its own
 */
export function bindUniform(
  context: Context,
  x: Tensor,
  steps: Steps,
  weights: RecurrentWeights,
  gates: number,
  masked = false,
): BoundCell {
  const sizes = sizesOf(weights, gates);
  return x.lookup || masked
    ? apart(context, x, weights, steps, sizes, masked)
    : plain(context, x, weights, steps, sizes);
}

function plain(context: Context, x: Tensor, weights: RecurrentWeights, steps: Steps, sizes: Sizes): BoundCell {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G, gates, C, H, F } = sizes;
  const S = padded(C) + padded(F);
  const firstInput = 4 * (padded(C) - C);
  const packed = packSideBySide(context, weights, sizes);
  return {
    width: C,
    frame: { packed, bias: paddedBias(context, bias, sizes) },
    wanted: [x, kernel, recurrentKernel, bias],
    load: (xh, rows) => loadInput(context, x, steps, xh, rows, sizes),
    transpose: () => transposeRecurrent(context, weights, sizes),
    backward({ xh, gates: dz }, rows) {
      const dKernel = tape?.gradientOf(kernel) ?? 0;
      const dRecurrent = tape?.gradientOf(recurrentKernel) ?? 0;
      addBias(context, bias, dz, rows.count, sizes);
      const mark = memory.mark();
      if (dKernel || dRecurrent) {
        // One product for both weight matrices, since a row of xh holds both their inputs side by side.
        const both = sumOfProducts(context, xh + firstInput, S, C + F, dz, G, rows.count);
        if (dKernel) kernels.recurrentAddUnpadded(dKernel, both, C, H, gates);
        if (dRecurrent) kernels.recurrentAddUnpadded(dRecurrent, both + 4 * C * G, F, H, gates);
      }
      addInputGradient(context, x, steps, dz, kernel, rows, sizes);
      memory.release(mark);
    },
  };
}

function apart(
  context: Context,
  x: Tensor,
  weights: RecurrentWeights,
  steps: Steps,
  sizes: Sizes,
  masked: boolean,
): BoundCell {
  const { memory } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G } = sizes;
  const packed = () => packApart(context, weights, sizes);
  const start = paddedBias(context, bias, sizes);
  const input = bindInput(context, x, steps, kernel, start, sizes, () => packed().kernel);
  const hidden = bindHidden(context, weights, sizes, () => packed().recurrentKernel, masked, input.width);
  return {
    ...input,
    frame: { ...input.frame, packed: hidden.packed },
    wanted: [...input.wanted, recurrentKernel, bias],
    transpose() {
      input.begin();
      return hidden.transpose();
    },
    backward(buffers, rows) {
      const { xh, gates: dz } = buffers;
      const mark = memory.mark();
      hidden.addGradient(buffers, dz, G, rows.count);
      const { pointer, count } = input.backward(xh, dz, G, rows) ?? { pointer: dz, count: rows.count };
      addBias(context, bias, pointer, count, sizes);
      memory.release(mark);
    },
  };
}
