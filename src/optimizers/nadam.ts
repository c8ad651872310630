import { OPTIMIZERS } from "../engine/families/optimizers.generated.ts";
import type { Input } from "../options.ts";
import { wholePower } from "../portable.ts";
import { MOMENTS } from "./adam.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rateOf } from "./learningRate.ts";
import { LARGEST_GRADIENT, type Optimizer } from "./optimizer.ts";

export interface NadamOptions extends Input<typeof MOMENTS>, CommonOptions {}

/**
 * Adam with Nesterov's momentum, in Keras' form.
 *
 * @see Dozat, "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop
 * @example optimizers.nadam({ learningRate: 1e-3 })
 */
export function nadam(options: NadamOptions = {}): Optimizer {
  const { settings, common, more } = optimizerSettings(options, "nadam", { ...MOMENTS, ...COMMON });
  const { learningRate, beta1, beta2, epsilon } = settings;
  const momentum = (t: number) => beta1 * (1 - 0.5 * wholePower(0.96, t));
  // The product of all momenta so far, known from step to step.
  let known = { step: 0, product: 1 };
  const productOf = (t: number): number => {
    if (known.step > t) known = { step: 0, product: 1 };
    while (known.step < t) known = { step: known.step + 1, product: known.product * momentum(known.step + 1) };
    return known.product;
  };
  const parts = (t: number): [mean: number, gradient: number] => {
    const [next, product] = [momentum(t + 1), productOf(t)];
    return [next / (1 - product * next), (1 - momentum(t)) / (1 - product)];
  };
  const scale = (t: number) => 1 / (1 - wholePower(beta2, t));
  return {
    name: "nadam",
    ...common,
    families: [OPTIMIZERS],
    slots: ["m", "v", ...more],
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [m, v], n }, iteration) {
      const [a, b] = parts(iteration).map(part => part * this.learningRate);
      kernels.nadam(weights, m, v, gradients, a, b, scale(iteration), beta1, beta2, epsilon, n);
    },
    sizesAfter({ gradients, weights, slots }, iteration) {
      const g = Math.min(gradients, LARGEST_GRADIENT);
      const moments = Math.max(slots, g, g * g);
      const [a, b] = parts(iteration);
      const move = this.learningRate * (a * moments + b * g) * Math.max(1, 1 / Math.fround(epsilon));
      return { weights: weights + move, slots: moments * scale(iteration) };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}
