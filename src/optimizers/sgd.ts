import { boolean, type Input, number, optional, options } from "../options.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import type { Optimizer } from "./optimizer.ts";

const OPTIONS = options({
  /** A number, or a schedule; default 0.01 */
  learningRate: optional(rate, 0.01),
  /** Part of the last move that is made again, in [0, 1]; default 0 */
  momentum: optional(number(0, 1), 0),
  /** Nesterov's form of momentum; default false */
  nesterov: optional(boolean, false),
});

export interface SgdOptions extends Input<typeof OPTIONS>, CommonOptions {}

/**
 * Stochastic gradient descent, with momentum if wanted.
 *
 * @example optimizers.sgd({ learningRate: 0.1, momentum: 0.9 })
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "sgd", { ...OPTIONS, ...COMMON });
  const { learningRate, momentum, nesterov } = settings;
  return {
    name: "sgd",
    ...common,
    slots: [...(momentum > 0 ? ["velocity"] : []), ...more],
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [velocity], n }) {
      kernels.sgd(weights, momentum > 0 ? velocity : 0, gradients, this.learningRate, momentum, nesterov, n);
    },
    sizesAfter({ gradients, weights, slots }) {
      const move = momentum * slots + this.learningRate * gradients;
      return { weights: weights + 2 * move, slots: move };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
