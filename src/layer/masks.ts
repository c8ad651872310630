/** How masks [N, T], or [N, T, W] of what is inside of steps, travel through layers. */
import type { Context } from "../context.ts";
import { bothMasks } from "../ops/masking.ts";
import { type Shape, Tensor } from "../tensor.ts";
import { warnOnce } from "../warn.ts";

/** Which steps of an output are hidden: those of the first input; of any; where all are; none. */
export type MaskRule = "first" | "any" | "all" | "none";

/** Says once where padding begins to count. */
export function endMask(layer: string, mask: unknown): void {
  if (mask === undefined) return;
  warnOnce(
    `${layer}: this layer sees padding as other steps, and masks end here, as in Keras; before it a recurrent layer ` +
      "with zeroOutputForMask may skip padding",
    `mask ends at ${layer}`,
  );
}

/** Whether an output still has the steps [N, T] of a mask. */
export function keepsSteps(mask: Tensor, shape: Shape): boolean {
  return shape.length > mask.shape.length && mask.shape.every((size, i) => size === shape[i]);
}

/** The mask of an input, if the output still has its steps. */
export function passedMask({ mask }: Tensor, output: Tensor): Tensor | undefined {
  return mask && keepsSteps(mask, output.shape) ? mask : undefined;
}

/** Masks of steps and of what is inside of steps do not go together. */
function expectAlike(masks: readonly (Tensor | undefined)[]): void {
  const ranks = masks.flatMap(mask => mask?.shape.length ?? []);
  if (new Set(ranks).size < 2) return;
  throw new RangeError(
    "masks: expected tensors that are all masked by steps [N, T], or all inside of steps [N, T, W], got both; mask them alike",
  );
}

/** Where an output is made step by step of all inputs: a step is hidden where it is hidden in one of them. */
export function intersectedMask(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
  const masks = [...new Set(inputs.map(input => passedMask(input, output)))].filter(mask => mask !== undefined);
  if (masks.length < 2) return masks[0];
  expectAlike(masks);
  const [first, ...others] = masks;
  const { kernels, memory } = context;
  const both = new Tensor(memory.allocate(first.size), first.shape);
  kernels.copyRows(both.pointer, first.size, first.pointer, first.size, 1, first.size);
  for (const other of others) bothMasks(context, both, other);
  return both;
}

/** Where inputs lie side by side in an output: a step is hidden where it is hidden in all of them, as in Keras. */
export function unitedMask(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
  const masks = [...new Set(inputs.map(input => passedMask(input, output)))];
  expectAlike(masks);
  const { kernels, memory } = context;
  return masks.reduce((a, b) => {
    if (!a || !b) return undefined;
    const mask = new Tensor(memory.allocate(a.size), a.shape);
    kernels.uniteMasks(mask.pointer, a.pointer, b.pointer, a.size);
    return mask;
  });
}
