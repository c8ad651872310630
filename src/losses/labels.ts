/** What losses of labels share: softened labels, and the logits behind probabilities. */
import type { Context } from "../context.ts";
import { boolean, number, optional } from "../options.ts";
import type { Tensor } from "../tensor.ts";

/** The model outputs logits, not probabilities; default false */
export const fromLogits = optional(boolean, false);

/** So much of every label is spread evenly over all classes, in [0, 1]; default 0 */
export const labelSmoothing = optional(number(0, 1), 0);

/** Where a loss is computed: on logits if they are known and nothing but this activation was made of them, else on the prediction. */
export function behind(p: Tensor, activation: string, isLogits: boolean): { z: Tensor; isLogits: boolean } {
  if (isLogits) return { z: p, isLogits };
  const { logits } = p;
  return logits?.activation === activation ? { z: logits.z, isLogits: true } : { z: p, isLogits: false };
}

/** Labels of which a part is spread over all classes. */
export function smoothed(context: Context, y: Tensor, smoothing: number, classes: number): Tensor {
  if (smoothing === 0) return y;
  const soft = context.tensor(y.shape);
  context.kernels.pointwiseSmooth(soft.pointer, y.pointer, 1 - smoothing, smoothing / classes, y.size);
  return soft;
}
