import type { Backward, Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";

/**
 * Sets a random part `rate` of the numbers to 0 and scales the rest by 1 / (1 - rate). Only while training.
 *
 * @param x [N, ...]
 * @param stream which layer's random numbers to use
 * @param sharedOverTime x is [N, T, C] and every step of a sequence gets the same mask, as in recurrent layers
 */
export function dropout(context: Context, x: Tensor, rate: number, stream: number, sharedOverTime = false): Tensor {
  if (!context.training || rate === 0) return x;
  const { kernels, memory } = context;
  const [N, T, C] = sharedOverTime ? (x.shape as [number, number, number]) : [1, 1, x.size];
  const mask = memory.allocate(N * C);
  kernels.randomDropout(mask, rate, context.seed, stream, context.step, N * C);
  const y = context.tensor(x.shape, [x]);
  kernels.dropoutForward(y.pointer, x.pointer, mask, N, T, C);
  context.record(dropoutBackward, [y], x, mask, N, T, C);
  return y;
}

export const dropoutBackward: Backward<[x: Tensor, mask: number, N: number, T: number, C: number]> = (
  context,
  [y],
  x,
  mask,
  N,
  T,
  C,
) => context.kernels.dropoutBackward(context.gradientOf(x), y.gradient, mask, N, T, C);
