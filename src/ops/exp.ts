import { backwardOf } from "../autograd.ts";
import { BackwardKey, type Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

const EXP = new BackwardKey<[x: Tensor]>("exp");

/** y = e^x, any shape. */
export function exp(context: Context, x: Tensor): Tensor {
  const y = context.tensor(x.shape, [x]);
  context.kernels.expForward(y.pointer, x.pointer, x.size);
  context.record(EXP, [y], x);
  return y;
}

// Its derivative is y itself: that of a product x·y by x.
export const expBackward = backwardOf(EXP, (context, [y], x) => {
  const n = y.size;
  context.kernels.arithmeticBackward(context.gradientOf(x), 0, y.gradient, x.pointer, n, y.pointer, n, 2, 1, n);
});
