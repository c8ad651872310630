import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/** y = e^x, any shape. */
export function exp(context: Context, x: Tensor): Tensor {
  const { kernels, tape } = context;
  const y = context.tensor(x.shape, [x]);
  kernels.expForward(y.pointer, x.pointer, x.size);
  // Its derivative is y itself: that of a product x·y by x.
  if (y.requiresGradient) {
    tape?.record([y], () => {
      const n = y.size;
      kernels.arithmeticBackward(tape.gradientOf(x), 0, y.gradient, x.pointer, n, y.pointer, n, 2, 1, n);
    });
  }
  return y;
}
