/** What losses and metrics look at: predictions and targets without the steps that a mask calls padding. */
import type { Context } from "../context.ts";
import type { Target } from "../losses/loss.ts";
import { selectRows } from "../ops/selectRows.ts";
import type { Tensor } from "../tensor.ts";

/** A prediction and its target, dense. */
export interface Compared {
  prediction: Tensor;
  target: Tensor;
  /** What the mean over several batches weighs this one by: its real steps, without a mask its samples. */
  weight: number;
  /** The element of the whole batch's target that element `i` of `target` was. */
  origin(i: number): number;
}

/**
 * The real steps of a prediction, of the logits behind it, and of its target; gradients find their way back.
 *
 * @param prediction [N, T, ...], with its mask if it has one
 * @param target [N, T, ...]
 * @param view with `whole` both are left as they are: such a loss looks at the mask itself
 */
export function realSteps(context: Context, prediction: Tensor, target: Tensor, view: Target): Compared {
  const { mask } = prediction;
  if (!mask || view.whole) return { prediction, target, weight: prediction.shape[0], origin: i => i };
  const weight = context.kernels.countRows(mask.pointer, mask.size);
  if (weight === mask.size) return { prediction, target, weight, origin: i => i };
  const select = (x: Tensor) => selectRows(context, x, mask, weight);
  const selected = select(prediction);
  const { logits } = prediction;
  if (logits) selected.logits = { ...logits, z: select(logits.z) };
  const width = target.size / mask.size;
  const origin = (i: number): number => {
    const steps = context.memory.ints.subarray(mask.pointer >>> 2, (mask.pointer >>> 2) + mask.size);
    let row = -1;
    for (let real = Math.floor(i / width) + 1; real > 0; real -= steps[++row]);
    return row * width + (i % width);
  };
  return { prediction: selected, target: select(target), weight, origin };
}
