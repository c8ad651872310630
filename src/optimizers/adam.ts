import { type Checked, fraction, type Input, number, optional, options, positive } from "../options.ts";
import { wholePower } from "../portable.ts";
import { followed, rate, rateOf } from "./learningRate.ts";
import { CLIP, type ClipOptions, LARGEST_GRADIENT, type Optimizer, optimizerSettings } from "./optimizer.ts";

const OPTIONS = options({
  /** A number, or a schedule; default 0.001 */
  learningRate: optional(rate, 0.001),
  /** Decay of the mean of gradients; default 0.9 */
  beta1: optional(fraction, 0.9),
  /** Decay of the mean of their squares; default 0.999 */
  beta2: optional(fraction, 0.999),
  /** Default 1e-7 */
  epsilon: optional(positive, 1e-7),
});
const DECAY = options({
  /** Part of a weight taken off at every step, times the learning rate; default 0.004 */
  weightDecay: optional(number(0), 0.004),
});
const ADAM = { ...OPTIONS, ...CLIP };
const ADAM_W = { ...ADAM, ...DECAY };

export interface AdamOptions extends Input<typeof OPTIONS>, ClipOptions {}
export interface AdamWOptions extends AdamOptions, Input<typeof DECAY> {}

function make(name: string, settings: Checked<typeof ADAM>, clip: ClipOptions, weightDecay: number): Optimizer {
  const { learningRate, beta1, beta2, epsilon } = settings;
  const correction = (t: number) => Math.sqrt(1 - wholePower(beta2, t)) / (1 - wholePower(beta1, t));
  return {
    name,
    clip,
    slots: ["m", "v"],
    ...followed(learningRate),
    apply(kernels, { weights, gradients, slots: [m, v], n }, iteration) {
      const { learningRate: now } = this;
      kernels.adam(weights, m, v, gradients, now * correction(iteration), beta1, beta2, epsilon, now * weightDecay, n);
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
  const { settings, clip } = optimizerSettings(options, "adam", ADAM);
  return make("adam", settings, clip, 0);
}

/**
 * Adam with decoupled weight decay, on all weights.
 *
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019
 * @example optimizers.adamW({ learningRate: 1e-3, weightDecay: 0.01 })
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { settings, clip } = optimizerSettings(options, "adamW", ADAM_W);
  return make("adamW", settings, clip, settings.weightDecay);
}
