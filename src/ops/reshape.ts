import type { Context } from "../context.ts";
import { Tensor } from "../tensor.ts";

/** The same numbers in another shape of equal size; nothing is copied on the way forward. A mask does not fit any more. */
export function reshape(context: Context, x: Tensor, shape: readonly number[]): Tensor {
  const { kernels, tape } = context;
  const y = new Tensor(x.pointer, shape, tape !== undefined && x.requiresGradient);
  if (y.requiresGradient) tape?.record([y], () => kernels.add(tape.gradientOf(x), y.gradient, x.size));
  if (x.logits) y.logits = reshape(context, x.logits, shape);
  return y;
}
