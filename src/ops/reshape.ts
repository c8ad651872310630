import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import { Tensor } from "../tensor.ts";

const RESHAPE = new BackwardKey<[x: Tensor]>("reshape");

/** The same numbers in another shape of equal size; nothing is copied on the way forward. A mask does not fit any more. */
export function reshape(context: Context, x: Tensor, shape: readonly number[]): Tensor {
  const y = new Tensor(x.pointer, shape, context.tape !== undefined && x.requiresGradient);
  context.record(RESHAPE, [y], x);
  if (x.logits) y.logits = reshape(context, x.logits, shape);
  return y;
}

export const reshapeBackward = backwardOf(RESHAPE, (context, [y], x) =>
  context.kernels.add(context.gradientOf(x), y.gradient, x.size),
);
