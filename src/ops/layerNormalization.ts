import type { Backward, Context } from "../context.ts";
import { LAYER_NORM } from "../engine/families/layerNorm.generated.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";

/** The kernels of all that is here; a layer that uses it names them as its own. */
export const LAYER_NORM_KERNELS = [LAYER_NORM];

/** What a row is multiplied with and what is added, each [C]; none for ones and zeros. */
export interface GainAndBias {
  gain: Tensor | undefined;
  bias: Tensor | undefined;
}

/**
 * (x - mean) / sqrt(variance + epsilon), times the gain, plus the bias: over the last axis.
 *
 * @param x [..., C]
 * @param epsilon above 0
 */
export function layerNormalization(context: Context, x: Tensor, weights: GainAndBias, epsilon: number): Tensor {
  const { kernels, memory } = context;
  const { gain, bias } = weights;
  const C = x.shape[x.shape.length - 1];
  const rows = x.size / C;
  const y = context.tensor(x.shape, [x, gain, bias]);
  // What the backward pass wants, where one will come.
  const normalized = y.requiresGradient ? memory.allocate(x.size) : y.pointer;
  const inverse = y.requiresGradient ? memory.allocate(rows) : 0;
  const [scale, shift] = [gain?.pointer ?? 0, bias?.pointer ?? 0];
  kernels.layerNormForward(y.pointer, normalized, inverse, x.pointer, scale, shift, epsilon, rows, C);
  context.record(layerNormalizationBackward, [y], x, weights, normalized, inverse, rows, C);
  return y;
}

export const layerNormalizationBackward: Backward<
  [x: Tensor, weights: GainAndBias, normalized: number, inverse: number, rows: number, C: number]
> = (context, [y], x, { gain, bias }, normalized, inverse, rows, C) => {
  const { kernels } = context;
  const [dx, dGain, dBias] = [x, gain, bias].map(tensor => context.gradientOf(tensor));
  if (dGain) kernels.layerNormGainGradient(dGain, y.gradient, normalized, rows, C);
  if (dBias) kernels.sumRows(dBias, y.gradient, rows, C);
  if (dx) kernels.layerNormBackward(dx, y.gradient, normalized, inverse, gain?.pointer ?? 0, rows, C);
};

/** The same in a stream. */
export function compileLayerNormalization(
  program: Step,
  x: StepValue,
  { gain, bias }: GainAndBias,
  epsilon: number,
  C: number,
): StepValue {
  const y = program.allocate(x.size, x.width);
  const [scale, shift] = [gain?.pointer ?? 0, bias?.pointer ?? 0];
  program.call("layerNormForward", y.pointer, y.pointer, 0, x.pointer, scale, shift, epsilon, x.size / C, C);
  return y;
}
