/** Running a layer: its forward pass, then the rule by which masks travel through it. In one place, for all who run layers. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import type { Tensor } from "../tensor.ts";
import type { Layer } from "./layer.ts";
import { keepsSteps } from "./masks.ts";

/** The outputs of a layer, with their masks. */
export function runLayer(
  layer: Layer,
  context: Context,
  inputs: readonly Tensor[],
  outputs = layer.forward(context, inputs),
): Tensor[] {
  for (const output of outputs) {
    // Who makes a mask, such as an op for padding, has put it there.
    output.mask ??= layer.maskOf(context, inputs, output);
    expectMaskFits(output, layer.name);
  }
  return outputs;
}

/** A mask has a number for each step of what it goes with. */
function expectMaskFits(output: Tensor, layer: string): void {
  const { mask, shape } = output;
  if (!mask || (mask.shape.length > 1 && keepsSteps(mask, shape))) return;
  throw new RangeError(
    `${layer}: expected a mask [N, T] for an output [N, T, ...], got ${showShape(mask.shape)} for ${showShape(shape)}; ` +
      "pad all sequences to one length, and mask the layer that makes the steps",
  );
}
