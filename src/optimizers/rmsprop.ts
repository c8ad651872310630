import { boolean, fraction, type Input, number, optional, options, positive } from "../options.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import { LARGEST_GRADIENT, type Optimizer } from "./optimizer.ts";

const OPTIONS = options({
  /** A number, or a schedule; default 0.001 */
  learningRate: optional(rate, 0.001),
  /** Decay of the mean of squares; default 0.9 */
  rho: optional(fraction, 0.9),
  /** Default 0 */
  momentum: optional(number(0, 1), 0),
  /** Default 1e-7 */
  epsilon: optional(positive, 1e-7),
  /** Divide by the deviation instead of the root mean square; default false */
  centered: optional(boolean, false),
});

export interface RmspropOptions extends Input<typeof OPTIONS>, CommonOptions {}

/**
 * RMSprop in Keras' form.
 *
 * @see Hinton, lecture 6e of "Neural networks for machine learning", 2012
 * @example optimizers.rmsprop({ learningRate: 1e-3 })
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "rmsprop", { ...OPTIONS, ...COMMON });
  const { learningRate, rho, momentum, epsilon, centered } = settings;
  const slots = ["v", ...(centered ? ["average"] : []), ...(momentum > 0 ? ["velocity"] : []), ...more];
  return {
    name: "rmsprop",
    ...common,
    slots,
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: pointers, n }) {
      const at = (slot: string) => pointers[slots.indexOf(slot)] ?? 0;
      const { learningRate: now } = this;
      kernels.rmsprop(weights, at("v"), at("average"), at("velocity"), gradients, now, rho, momentum, epsilon, n);
    },
    sizesAfter({ gradients, weights, slots }) {
      const g = Math.min(gradients, LARGEST_GRADIENT);
      const step = this.learningRate * g * Math.max(1, 1 / Math.sqrt(Math.fround(epsilon)));
      const move = momentum * slots + step;
      return { weights: weights + move, slots: Math.max(slots, g, g * g, move) };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
