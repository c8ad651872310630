import { expectFraction, expectNumber, expectOptions, expectPositive } from "../expect.ts";
import { CLIP_OPTIONS, type ClipOptions, expectClip, type Optimizer, wholePower } from "./optimizer.ts";

export interface AdamOptions extends ClipOptions {
  /** Default 0.001 */
  learningRate?: number;
  /** Decay of the mean of gradients; default 0.9 */
  beta1?: number;
  /** Decay of the mean of their squares; default 0.999 */
  beta2?: number;
  /** Default 1e-7 */
  epsilon?: number;
}

export interface AdamWOptions extends AdamOptions {
  /** Part of a weight taken off at every step, times the learning rate; default 0.004 */
  weightDecay?: number;
}

const OPTIONS = ["learningRate", "beta1", "beta2", "epsilon", ...CLIP_OPTIONS];

function make(name: string, options: AdamWOptions, known: readonly string[], decay: number): Optimizer {
  expectOptions(options, known, name);
  const clip = expectClip(options, name);
  const beta1 = expectFraction(options.beta1 ?? 0.9, `${name} beta1`);
  const beta2 = expectFraction(options.beta2 ?? 0.999, `${name} beta2`);
  const epsilon = expectPositive(options.epsilon ?? 1e-7, `${name} epsilon`);
  const weightDecay = expectNumber(options.weightDecay ?? decay, `${name} weightDecay`, 0);
  return {
    name,
    clip,
    slots: ["m", "v"],
    learningRate: expectNumber(options.learningRate ?? 0.001, `${name} learningRate`, 0),
    apply(kernels, { weights, gradients, slots: [m, v], n }, iteration) {
      const correction = Math.sqrt(1 - wholePower(beta2, iteration)) / (1 - wholePower(beta1, iteration));
      const rate = this.learningRate;
      kernels.adam(weights, m, v, gradients, rate * correction, beta1, beta2, epsilon, rate * weightDecay, n);
    },
    toJSON() {
      const common = { learningRate: this.learningRate, beta1, beta2, epsilon, ...clip };
      return name === "adamW" ? { ...common, weightDecay } : common;
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
  return make("adam", options, OPTIONS, 0);
}

/**
 * Adam with decoupled weight decay, on all weights.
 *
 * @see Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019
 * @example optimizers.adamW({ learningRate: 1e-3, weightDecay: 0.01 })
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  return make("adamW", options, [...OPTIONS, "weightDecay"], 0.004);
}
