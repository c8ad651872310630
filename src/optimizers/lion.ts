import { OPTIMIZERS } from "../engine/families/optimizers.generated.ts";
import { fraction, type Input, optional, options } from "../options.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import type { Optimizer } from "./optimizer.ts";

const OPTIONS = options({
  /** A number, or a schedule; default 0.001; a third to a tenth of what Adam has is usual */
  learningRate: optional(rate, 0.001),
  /** How much the mean of gradients counts in a step; default 0.9 */
  beta1: optional(fraction, 0.9),
  /** Decay of that mean; default 0.99 */
  beta2: optional(fraction, 0.99),
});

export interface LionOptions extends Input<typeof OPTIONS>, CommonOptions {}

/**
 * Lion in Keras' form: all steps are as long as the learning rate, up or down.
 *
 * @see Chen et al., "Symbolic discovery of optimization algorithms", NeurIPS 2023
 * @example optimizers.lion({ learningRate: 1e-4, weightDecay: 0.1 })
 */
export function lion(options: LionOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "lion", { ...OPTIONS, ...COMMON });
  const { learningRate, beta1, beta2 } = settings;
  return {
    name: "lion",
    ...common,
    families: [OPTIMIZERS],
    slots: ["m", ...more],
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [m], n }) {
      kernels.lion(weights, m, gradients, this.learningRate, beta1, beta2, n);
    },
    sizesAfter({ gradients, weights, slots }) {
      return { weights: weights + this.learningRate, slots: Math.max(slots, gradients) };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
