import type { Backward, Context } from "../context.ts";
import { POOLING } from "../engine/families/pooling.generated.ts";
import type { Tensor } from "../tensor.ts";

/** The kernels of all that is here; a layer that uses it names them as its own. */
export const POOLS = [POOLING];

/** What becomes of the steps in a window. */
export type Pool = "maximum" | "average";

/** Where windows are. */
export interface PoolWindows {
  readonly size: number;
  readonly stride: number;
  /** Steps that are not there, before the first. */
  readonly before: number;
  readonly steps: number;
}

/** The largest, or the mean, of each window over the steps of x [N, T, C], of those that are there. */
export function pool(context: Context, x: Tensor, kind: Pool, windows: PoolWindows): Tensor {
  const [N, T, C] = x.shape;
  const { size, stride, before, steps } = windows;
  const mean = kind === "average";
  const y = context.tensor([N, steps, C], [x]);
  context.kernels.poolForward(y.pointer, x.pointer, mean, N, T, C, size, stride, before, steps);
  context.record(poolBackward, [y], x, mean, windows);
  return y;
}

export const poolBackward: Backward<[x: Tensor, mean: boolean, windows: PoolWindows]> = (
  context,
  [y],
  x,
  mean,
  { size, stride, before, steps },
) => {
  const [N, T, C] = x.shape;
  const dx = context.gradientOf(x);
  context.kernels.poolBackward(dx, y.gradient, x.pointer, y.pointer, mean, N, T, C, size, stride, before, steps);
};

/** The mean of the real steps of x [N, T, C]: [N, C]; zeros where none is. */
export function stepMean(context: Context, x: Tensor): Tensor {
  const [N, T, C] = x.shape;
  const y = context.tensor([N, C], [x]);
  context.kernels.stepMeanForward(y.pointer, x.pointer, x.mask?.pointer ?? 0, N, T, C);
  context.record(stepMeanBackward, [y], x, x.mask);
  return y;
}

export const stepMeanBackward: Backward<[x: Tensor, mask: Tensor | undefined]> = (context, [y], x, mask) => {
  const [N, T, C] = x.shape;
  context.kernels.stepMeanBackward(context.gradientOf(x), y.gradient, mask?.pointer ?? 0, N, T, C);
};
