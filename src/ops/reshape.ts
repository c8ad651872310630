import type { Context } from "../context.ts";
import { Tensor } from "../tensor.ts";

/**
 * The same numbers in another shape of equal size; nothing is copied on either way: the gradient is that of x. A mask does not fit any more.
 * Nor do the logits of a softmax where the last axis, over which it went, is another.
 */
export function reshape(context: Context, x: Tensor, shape: readonly number[]): Tensor {
  const y = new Tensor(x.pointer, shape, context.tape !== undefined && x.requiresGradient);
  y.viewOf = x;
  if (x.logits && (x.logits.activation === "sigmoid" || shape[shape.length - 1] === x.shape[x.shape.length - 1])) {
    y.logits = { ...x.logits, z: reshape(context, x.logits.z, shape) };
  }
  return y;
}
