import type { Backward, Context } from "../context.ts";
import { Tensor } from "../tensor.ts";

/** The mask [N, T] of a reversed sequence. */
export function reverseMask(context: Context, { pointer, shape }: Tensor): Tensor {
  const [N, T] = shape;
  return new Tensor(reverseTime(context, new Tensor(pointer, [N, T, 1])).pointer, shape);
}

/** [N, T, C] with the steps of every sequence in reverse order. */
export function reverseTime(context: Context, x: Tensor): Tensor {
  const [N, T, C] = x.shape;
  const y = context.tensor(x.shape, [x]);
  const step = 4 * C;
  for (let t = 0; t < T; t++) {
    context.kernels.copyRows(y.pointer + t * step, T * C, x.pointer + (T - 1 - t) * step, T * C, N, C);
  }
  context.record(reverseTimeBackward, [y], x);
  return y;
}

export const reverseTimeBackward: Backward<[x: Tensor]> = (context, [y], x) => {
  const [N, T, C] = x.shape;
  const step = 4 * C;
  const dx = context.gradientOf(x);
  for (let t = 0; t < T; t++) {
    context.kernels.addRows(dx + t * step, T * C, y.gradient + (T - 1 - t) * step, T * C, N, C);
  }
};
