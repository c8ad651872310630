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

export const expBackward = backwardOf(EXP, (context, [y], x) => {
  context.kernels.expBackward(context.gradientOf(x), y.gradient, y.pointer, y.size);
});
