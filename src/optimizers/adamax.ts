import { OPTIMIZERS } from "../engine/families/optimizers.generated.ts";
import type { Input } from "../options.ts";
import { wholePower } from "../portable.ts";
import { MOMENTS } from "./adam.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rateOf } from "./learningRate.ts";
import type { Optimizer } from "./optimizer.ts";

export interface AdamaxOptions extends Input<typeof MOMENTS>, CommonOptions {}

/**
 * Adam by the largest gradient instead of the mean of squares, in Keras' form.
 *
 * @see Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 7.1
 * @example optimizers.adamax({ learningRate: 1e-3 })
 */
export function adamax(options: AdamaxOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "adamax", { ...MOMENTS, ...COMMON });
  const { learningRate, beta1, beta2, epsilon } = settings;
  return {
    name: "adamax",
    ...common,
    families: [OPTIMIZERS],
    slots: ["m", "u", ...more],
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [m, u], n }, iteration) {
      const alpha = this.learningRate / (1 - wholePower(beta1, iteration));
      kernels.adamax(weights, m, u, gradients, alpha, beta1, beta2, epsilon, n);
    },
    sizesAfter({ gradients, weights, slots }, iteration) {
      const moments = Math.max(slots, gradients);
      const alpha = this.learningRate / (1 - wholePower(beta1, iteration));
      return { weights: weights + alpha * moments * Math.max(1, 1 / Math.fround(epsilon)), slots: moments };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
