import { OPTIMIZERS } from "../engine/families/optimizers.generated.ts";
import { type Input, number, optional, options, positive } from "../options.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import { LARGEST_GRADIENT, type Optimizer } from "./optimizer.ts";

const OPTIONS = options({
  /** A number, or a schedule; default 0.001 */
  learningRate: optional(rate, 0.001),
  /** What the sums of squares begin with; default 0.1 */
  initialAccumulatorValue: optional(number(0), 0.1),
  /** Default 1e-7 */
  epsilon: optional(positive, 1e-7),
});

export interface AdagradOptions extends Input<typeof OPTIONS>, CommonOptions {}

/**
 * Adagrad in Keras' form: steps get shorter by the sum of all squared gradients so far.
 *
 * @see Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 2011
 * @example optimizers.adagrad({ learningRate: 0.01 })
 */
export function adagrad(options: AdagradOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "adagrad", { ...OPTIONS, ...COMMON });
  const { learningRate, initialAccumulatorValue, epsilon } = settings;
  return {
    name: "adagrad",
    ...common,
    families: [OPTIMIZERS],
    slots: ["squares", ...more], // above the initial value
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [squares], n }) {
      kernels.adagrad(weights, squares, gradients, this.learningRate, initialAccumulatorValue + epsilon, n);
    },
    sizesAfter({ gradients, weights, slots }) {
      const g = Math.min(gradients, LARGEST_GRADIENT);
      return { weights: weights + 2 * this.learningRate, slots: slots + g * g };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
