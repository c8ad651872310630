import type { Context } from "../context.ts";
import { initializer } from "../initializers.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings, type WeightRules } from "../layer/options.ts";
import {
  type Affine,
  BATCH_NORM_KERNELS,
  batchNormalization as batchNormalizationOp,
  compileBatchNormalization,
  type Moments,
  momentsOf,
} from "../ops/batchNorm.ts";
import { boolean, type Checked, type Input, number, optional, options, positive } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** How much of the moving means stays at each step of training, in [0, 1]; default 0.99 */
  momentum: optional(number(0, 1), 0.99),
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
  /** Default "zeros" */
  movingMeanInitializer: optional(initializer, "zeros"),
  /** Default "ones" */
  movingVarianceInitializer: optional(initializer, "ones"),
});

export interface BatchNormalizationOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

class BatchNormalization extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "batchNormalization";

  override get families() {
    return BATCH_NORM_KERNELS;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    lastAxis(shape, this.name);
    return [shape];
  }

  override countsPadding(): boolean {
    return true;
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { center, scale, ...own } = this.options;
    const C = [lastAxis(shape, this.name)];
    return [
      ...(scale ? [{ name: "gamma", shape: C, initializer: own.gammaInitializer }] : []),
      ...(center ? [{ name: "beta", shape: C, initializer: own.betaInitializer }] : []),
      { name: "movingMean", shape: C, initializer: own.movingMeanInitializer, trainable: false },
      { name: "movingVariance", shape: C, initializer: own.movingVarianceInitializer, trainable: false },
    ];
  }

  get #affine(): Affine {
    return { gamma: this.weights.gamma, beta: this.weights.beta };
  }

  get #moving(): Moments {
    return { mean: this.weights.movingMean, variance: this.weights.movingVariance, count: 0 };
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    // Frozen it is as it is in predictions, as in Keras.
    const moments = context.training && this.trainable ? this.#learned(context, x) : this.#moving;
    return [batchNormalizationOp(context, x, this.#affine, moments, this.options.epsilon)];
  }

  /** The moments of a batch, of which the moving ones take their part once the step has succeeded. */
  #learned(context: Context, x: Tensor): Moments {
    const moments = momentsOf(context, x);
    const { mean, variance } = this.#moving;
    const average = (moving: Tensor, now: Tensor) =>
      context.kernels.batchNormAverage(moving.pointer, now.pointer, this.options.momentum, now.size);
    if (moments.count > 0) {
      context.onCommit(() => {
        average(mean, moments.mean);
        average(variance, moments.variance);
      });
    }
    return moments;
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [compileBatchNormalization(program, x, this.#affine, this.#moving, this.options.epsilon)];
  }
}

/**
 * Normalizes every feature, of the last axis: in training by mean and variance of the batch without its padding, else by their moving
 * means. [N, ..., C] -> the same shape. Weights: gamma [C], with `scale`, beta [C], with `center`, movingMean and movingVariance
 * [C], which training keeps without gradients; frozen (`trainable: false`) they stay, and are used, as in Keras.
 *
 * @param options see {@link BatchNormalizationOptions}; names and defaults are those of Keras 3, the axis is the last
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Ioffe and Szegedy, "Batch normalization", 2015, arXiv 1502.03167
 * @example layers.batchNormalization({ momentum: 0.9 })
 */
export function batchNormalization(options: BatchNormalizationOptions = {}): Layer {
  return new BatchNormalization(layerSettings(options, "batchNormalization", OPTIONS));
}
