/**
 * Uniform cells: all gates see x and h alike, z = x·kernel + bias + h·recurrentKernel. x and h stand side by side in the
 * rows of xh and one product makes z, unless inputSide.ts projects the input or maskedGates.ts masks h.
 */
import type { Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import type { BoundCell, HiddenMasks } from "./cell.ts";
import { addBias } from "./gradients.ts";
import { bindHidden } from "./hiddenSide.ts";
import { addInputGradient, bindInput, loadInput } from "./inputSide.ts";
import { hasInputSums, inputSumsFrame } from "./inputSums.ts";
import type { Steps } from "./steps.ts";
import { packApart, packSideBySide, paddedBias, type RecurrentWeights, type Sizes, sizesOf } from "./weights.ts";

/**
 * A cell whose gates all see x and h alike, with one bias: for `Cell.bind`.
 *
 * @param masks each gate sees h through its own
 */
export function bindUniform(
  context: Context,
  x: Tensor,
  steps: Steps,
  weights: RecurrentWeights,
  gates: number,
  masks?: HiddenMasks,
): BoundCell {
  const sizes = sizesOf(weights, gates);
  return x.lookup
    ? apart(context, x, weights, steps, sizes, masks)
    : together(context, x, weights, steps, sizes, masks);
}

function together(
  context: Context,
  x: Tensor,
  weights: RecurrentWeights,
  steps: Steps,
  sizes: Sizes,
  masks: HiddenMasks | undefined,
): BoundCell {
  const { memory } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const alone = hasInputSums(context, x, sizes, masks !== undefined)
    ? packApart(context, weights, sizes, true)
    : undefined;
  const { packed, transpose, addGradients } = bindHidden(
    context,
    weights,
    sizes,
    () => alone?.recurrentKernel ?? packSideBySide(context, weights, sizes),
    masks,
  );
  return {
    width: sizes.C,
    frame: {
      packed,
      bias: paddedBias(context, bias, sizes),
      ...(alone && inputSumsFrame(context, sizes, alone.kernel)),
    },
    wanted: [x, kernel, recurrentKernel, bias],
    load: (xh, rows) => loadInput(context, x, steps, xh, rows, sizes),
    transpose,
    backward(buffers, rows) {
      const { gates: dz } = buffers;
      addBias(context, bias, dz, rows.count, sizes);
      const mark = memory.mark();
      addGradients(buffers, dz, sizes.G, rows);
      addInputGradient(context, x, steps, dz, kernel, rows, sizes);
      memory.release(mark);
    },
  };
}

/** x was looked up in a table: its side is projected, and h stands alone in the rows. */
function apart(
  context: Context,
  x: Tensor,
  weights: RecurrentWeights,
  steps: Steps,
  sizes: Sizes,
  masks: HiddenMasks | undefined,
): BoundCell {
  const { memory } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { G } = sizes;
  const packed = packApart(context, weights, sizes);
  const start = paddedBias(context, bias, sizes);
  const input = bindInput(context, x, steps, kernel, start, sizes, () => packed.kernel);
  const hidden = bindHidden(context, weights, { ...sizes, C: 0 }, () => packed.recurrentKernel, masks);
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
      hidden.addGradients(buffers, dz, G, rows);
      const { pointer, count } = input.backward(xh, dz, G, rows) ?? { pointer: dz, count: rows.count };
      addBias(context, bias, pointer, count, sizes);
      memory.release(mark);
    },
  };
}
