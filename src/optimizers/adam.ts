import { boolean, fraction, type Input, number, optional, options, positive } from "../options.ts";
import { wholePower } from "../portable.ts";
import { COMMON, type CommonOptions, optimizerSettings } from "./common.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import { LARGEST_GRADIENT, type Optimizer } from "./optimizer.ts";

export const MOMENTS = options({
  /** A number, or a schedule; default 0.001 */
  learningRate: optional(rate, 0.001),
  /** Decay of the mean of gradients; default 0.9 */
  beta1: optional(fraction, 0.9),
  /** Decay of the mean of their squares; default 0.999 */
  beta2: optional(fraction, 0.999),
  /** Default 1e-7 */
  epsilon: optional(positive, 1e-7),
});
const OPTIONS = options({
  ...MOMENTS,
  /** Divide by the largest mean of squares so far; default false */
  amsgrad: optional(boolean),
});
const DECAY = options({
  /** Part of a weight taken off at every step, times the learning rate; default 0.004 */
  weightDecay: optional(number(0), 0.004),
});
const ADAM = { ...OPTIONS, ...COMMON };
const ADAM_W = { ...ADAM, ...DECAY };

export interface AdamOptions extends Input<typeof OPTIONS>, CommonOptions {}
export interface AdamWOptions extends AdamOptions {}

type Made = ReturnType<typeof optimizerSettings<typeof ADAM>>;

/** @param weightDecay of all weights, which the kernel takes off */
function make(name: string, { settings, common, more }: Made, weightDecay: number): Optimizer {
  const { learningRate, beta1, beta2, epsilon, amsgrad } = settings;
  const correction = (t: number) => Math.sqrt(1 - wholePower(beta2, t)) / (1 - wholePower(beta1, t));
  return {
    name,
    ...common,
    slots: ["m", "v", ...(amsgrad ? ["largest"] : []), ...more],
    ...followed(learningRate),
    apply(kernels, { weights, gradients: g, slots: [m, v, largest], n }, iteration) {
      const { learningRate: now } = this;
      const [alpha, decay] = [now * correction(iteration), now * weightDecay];
      if (amsgrad) kernels.adamAmsgrad(weights, m, v, largest, g, alpha, beta1, beta2, epsilon, decay, n);
      else kernels.adam(weights, m, v, g, alpha, beta1, beta2, epsilon, decay, n);
    },
    sizesAfter({ gradients, weights, slots }, iteration) {
      const g = Math.min(gradients, LARGEST_GRADIENT);
      const { learningRate: now } = this;
      const moments = Math.max(slots, g, g * g);
      const move = now * correction(iteration) * moments * Math.max(1, 1 / Math.fround(epsilon));
      return { weights: weights * (1 + now * weightDecay) + move, slots: moments };
    },
    toJSON() {
      return { ...settings, learningRate: rateOf(this) };
    },
  };
}

/**
 * Adam in Keras' form.
 *
 * @see Kingma and Ba, "Adam: a method for stochastic optimization", ICLR 2015
 * @example optimizers.adam({ learningRate: 1e-3, globalClipNorm: 1 })
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return make("adam", optimizerSettings(options, "adam", ADAM), 0);
}

/**
 * Adam with decoupled weight decay, on all weights but those that are excluded.
 *
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019
 * @example optimizers.adamW({ learningRate: 1e-3, weightDecay: 0.01, excludeFromWeightDecay: ["bias"] })
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const made = optimizerSettings(options, "adamW", ADAM_W);
  const { weightDecay, excludeFromWeightDecay } = made.settings;
  if (excludeFromWeightDecay) return make("adamW", made, 0);
  // In one pass with the step, and not a second time.
  const { weightDecay: _, ...common } = made.common.common;
  return make("adamW", { ...made, common: { ...made.common, common } }, weightDecay);
}
