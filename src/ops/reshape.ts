import type { Context } from "../context.ts";
import { sizeOf } from "../ndarray.ts";
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

/**
 * Whether a shape [T, ...] has the same steps, of other axes, as a target, of which -1 is whatever is left.
 */
export function reshapesSteps(
  [T, ...step]: readonly (number | null)[],
  [steps, ...target]: readonly number[],
): boolean {
  if (steps === undefined || step.includes(null)) return false;
  const [size, wanted] = [sizeOf(step as number[]), sizeOf(target.filter(n => n > 0))];
  if (target.includes(-1)) return steps === T && size % wanted === 0;
  return size === wanted && (steps === T || steps === -1 || T === null);
}
