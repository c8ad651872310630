import { OPTIMIZERS } from "../engine/families/optimizers.generated.ts";
import { fraction, type Input, optional, options, positive } from "../options.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import { LARGEST_GRADIENT, type Optimizer } from "./optimizer.ts";

const OPTIONS = options({
  /** A number, or a schedule; default 0.001, which is Keras'; the paper has 1 */
  learningRate: optional(rate, 0.001),
  /** Decay of both means of squares; default 0.95 */
  rho: optional(fraction, 0.95),
  /** Default 1e-7 */
  epsilon: optional(positive, 1e-7),
});

export interface AdadeltaOptions extends Input<typeof OPTIONS>, CommonOptions {}

/**
 * Adadelta in Keras' form: steps in the size of earlier ones.
 *
 * @see Zeiler, "ADADELTA: an adaptive learning rate method", 2012
 * @example optimizers.adadelta({ learningRate: 1 })
 */
export function adadelta(options: AdadeltaOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "adadelta", { ...OPTIONS, ...COMMON });
  const { learningRate, rho, epsilon } = settings;
  return {
    name: "adadelta",
    ...common,
    families: [OPTIMIZERS],
    slots: ["v", "moves", ...more],
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [v, moves], n }) {
      kernels.adadelta(weights, v, moves, gradients, this.learningRate, rho, epsilon, n);
    },
    sizesAfter({ gradients, weights, slots }) {
      const g = Math.min(gradients, LARGEST_GRADIENT);
      const move = Math.min(
        Math.sqrt((slots + epsilon) / (1 - rho)),
        g * Math.sqrt((slots + epsilon) / Math.fround(epsilon)),
      );
      return { weights: weights + 1.01 * this.learningRate * move, slots: Math.max(slots, g * g, 1.01 * move * move) };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
