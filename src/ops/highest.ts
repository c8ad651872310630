import type { Backward, Context } from "../context.ts";
import { TENSORS } from "../engine/families/tensors.generated.ts";
import type { Shape, Tensor } from "../tensor.ts";

/** The kernels of what is here. */
export const HIGHEST_KERNELS = [TENSORS];

/** Of an axis: what comes before it and after it, in elements. */
export interface Around {
  readonly outer: number;
  readonly size: number;
  readonly inner: number;
}

/** The largest over an axis. */
export function highest(context: Context, x: Tensor, around: Around, shape: Shape): Tensor {
  const { outer, size, inner } = around;
  const y = context.tensor(shape, [x]);
  context.kernels.highestForward(y.pointer, x.pointer, outer, size, inner);
  context.record(highestBackward, [y], x, around);
  return y;
}

export const highestBackward: Backward<[x: Tensor, around: Around]> = (context, [y], x, { outer, size, inner }) => {
  context.kernels.highestBackward(context.gradientOf(x), y.gradient, x.pointer, y.pointer, outer, size, inner);
};
