import type { Backward, Context } from "../context.ts";
import { Tensor } from "../tensor.ts";

/** Step t of x [N, T, C]: [N, C]. */
export function timeStep(context: Context, x: Tensor, t: number): Tensor {
  const [N, T, C] = x.shape;
  const y = context.tensor([N, C], [x]);
  context.kernels.copyRows(y.pointer, C, x.pointer + 4 * t * C, T * C, N, C);
  context.record(timeStepBackward, [y], x, t);
  return y;
}

export const timeStepBackward: Backward<[x: Tensor, t: number]> = (context, [y], x, t) => {
  const [N, T, C] = x.shape;
  context.kernels.addRows(context.gradientOf(x) + 4 * t * C, T * C, y.gradient, C, N, C);
};

/** Step t of a mask [N, T]: [N]. */
export function maskStep({ kernels, memory }: Context, mask: Tensor, t: number): Tensor {
  const [N, T] = mask.shape;
  const y = new Tensor(memory.allocate(N), [N]);
  kernels.copyRows(y.pointer, 1, mask.pointer + 4 * t, T, N, 1);
  return y;
}

/** T tensors [N, F] as one [N, T, F]. */
export function stackSteps(context: Context, steps: readonly Tensor[]): Tensor {
  const T = steps.length;
  const [N, F] = steps[0].shape;
  const y = context.tensor([N, T, F], steps);
  steps.forEach(({ pointer }, t) => {
    context.kernels.copyRows(y.pointer + 4 * t * F, T * F, pointer, F, N, F);
  });
  context.record(stackStepsBackward, [y], steps);
  return y;
}

export const stackStepsBackward: Backward<[steps: readonly Tensor[]]> = (context, [y], steps) => {
  const [N, T, F] = y.shape;
  steps.forEach((step, t) => {
    const dStep = context.gradientOf(step);
    if (dStep) context.kernels.addRows(dStep, F, y.gradient + 4 * t * F, T * F, N, F);
  });
};
