import type { Context } from "../context.ts";
import { initializer } from "../initializers.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings, type WeightRules } from "../layer/options.ts";
import {
  compileLayerNormalization,
  LAYER_NORM_KERNELS,
  layerNormalization as layerNormalizationOp,
} from "../ops/layerNormalization.ts";
import { boolean, type Checked, type Input, optional, options, positive } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** Added to the variance; default 1e-3 */
  epsilon: optional(positive, 1e-3),
  /** Whether beta is added; default true */
  center: optional(boolean, true),
  /** Whether rows are multiplied with gamma; default true */
  scale: optional(boolean, true),
  /** Default "zeros" */
  betaInitializer: optional(initializer, "zeros"),
  /** Default "ones" */
  gammaInitializer: optional(initializer, "ones"),
});

export interface LayerNormalizationOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

class LayerNormalization extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "layerNormalization";

  override get families() {
    return LAYER_NORM_KERNELS;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    lastAxis(shape, this.name);
    return [shape];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { center, scale, betaInitializer, gammaInitializer } = this.options;
    const C = lastAxis(shape, this.name);
    return [
      ...(scale ? [{ name: "gamma", shape: [C], initializer: gammaInitializer }] : []),
      ...(center ? [{ name: "beta", shape: [C], initializer: betaInitializer }] : []),
    ];
  }

  get #weights() {
    return { gain: this.weights.gamma, bias: this.weights.beta };
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [layerNormalizationOp(context, x, this.#weights, this.options.epsilon)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [compileLayerNormalization(program, x, this.#weights, this.options.epsilon, x.width ?? x.size)];
  }
}

/**
 * Normalizes every row, the last axis, by its own mean and variance: y = (x - mean) / sqrt(variance + epsilon)·gamma + beta.
 * x [N, ..., C] -> the same shape. Weights: gamma [C], with `scale`, and beta [C], with `center`.
 *
 * @param options see {@link LayerNormalizationOptions}; names and defaults are those of Keras 3, the axis is the last
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Ba, Kiros and Hinton, "Layer normalization", 2016, arXiv 1607.06450
 * @example layers.layerNormalization({ epsilon: 1e-5 })
 */
export function layerNormalization(options: LayerNormalizationOptions = {}): Layer {
  return new LayerNormalization(layerSettings(options, "layerNormalization", OPTIONS));
}
