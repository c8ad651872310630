import type { Backward, Context } from "../context.ts";
import { BATCH_NORM } from "../engine/families/batchNorm.generated.ts";
import type { Step, StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";

/** The kernels of what is here; a layer that uses it names them as its own. */
export const BATCH_NORM_KERNELS = [BATCH_NORM];

/** What rows are multiplied with and what is added, each [C]; none for ones and zeros. */
export interface Affine {
  readonly gamma: Tensor | undefined;
  readonly beta: Tensor | undefined;
}

/** Mean and variance [C] of each feature, and of how many rows they were taken; 0: of other rows than x has. */
export interface Moments {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly count: number;
}

/** Those of the rows of x, its last axis; steps that are padding are left out. */
export function momentsOf({ kernels, memory }: Context, x: Tensor): Moments {
  const C = x.shape[x.shape.length - 1];
  const [mean, variance] = [0, 1].map(() => new Tensor(memory.allocate(C), [C]));
  const count = kernels.batchNormMoments(mean.pointer, variance.pointer, x.pointer, maskOfRows(x), x.size / C, C);
  return { mean, variance, count };
}

/** Where a step is more than a row, a mask of steps is not one of rows. */
const maskOfRows = ({ mask, shape }: Tensor): number =>
  mask && mask.shape.length === shape.length - 1 ? mask.pointer : 0;

/** (x - mean) / sqrt(variance + epsilon), times gamma, plus beta; through the moments gradients flow where they are those of x. */
export function batchNormalization(
  context: Context,
  x: Tensor,
  affine: Affine,
  moments: Moments,
  epsilon: number,
): Tensor {
  const { kernels, memory } = context;
  const { gamma, beta } = affine;
  const { mean, variance } = moments;
  const C = x.shape[x.shape.length - 1];
  const y = context.tensor(x.shape, [x, gamma, beta]);
  const normalized = y.requiresGradient ? memory.allocate(x.size) : y.pointer;
  const inverse = memory.allocate(C);
  const [scale, shift] = [gamma?.pointer ?? 0, beta?.pointer ?? 0];
  const { pointer: means } = mean;
  kernels.batchNormForward(
    y.pointer,
    normalized,
    inverse,
    x.pointer,
    means,
    variance.pointer,
    scale,
    shift,
    epsilon,
    x.size / C,
    C,
  );
  context.record(batchNormalizationBackward, [y], x, affine, moments, normalized, inverse, C);
  return y;
}

export const batchNormalizationBackward: Backward<
  [x: Tensor, affine: Affine, moments: Moments, normalized: number, inverse: number, C: number]
> = (context, [y], x, { gamma, beta }, { count }, normalized, inverse, C) => {
  const { kernels, memory } = context;
  const rows = x.size / C;
  const [dx, dGamma, dBeta] = [x, gamma, beta].map(tensor => context.gradientOf(tensor));
  const mark = memory.mark();
  // What the moments pass on: the sums of dy and of dy·normalized.
  const sums = memory.allocateZeros(2 * C);
  kernels.sumRows(sums, y.gradient, rows, C);
  kernels.layerNormGainGradient(sums + 4 * C, y.gradient, normalized, rows, C);
  if (dBeta) kernels.addRows(dBeta, C, sums, C, 1, C);
  if (dGamma) kernels.addRows(dGamma, C, sums + 4 * C, C, 1, C);
  const scale = gamma?.pointer ?? 0;
  if (dx) kernels.batchNormBackward(dx, y.gradient, normalized, inverse, scale, sums, maskOfRows(x), count, rows, C);
  memory.release(mark);
};

/** The same in a stream, by moments that stay. */
export function compileBatchNormalization(
  program: Step,
  x: StepValue,
  { gamma, beta }: Affine,
  { mean, variance }: Moments,
  epsilon: number,
): StepValue {
  const C = mean.size;
  const y = program.allocate(x.size, x.width);
  const inverse = program.allocate(C).pointer;
  const weights = [mean.pointer, variance.pointer, gamma?.pointer ?? 0, beta?.pointer ?? 0] as const;
  program.call("batchNormForward", y.pointer, y.pointer, inverse, x.pointer, ...weights, epsilon, x.size / C, C);
  return y;
}
