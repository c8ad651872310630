import { expectBoolean, expectFraction, expectNumber, expectOptions, expectPositive } from "../expect.ts";
import { CLIP_OPTIONS, type ClipOptions, expectClip, type Optimizer } from "./optimizer.ts";

export interface RmspropOptions extends ClipOptions {
  /** Default 0.001 */
  learningRate?: number;
  /** Decay of the mean of squares; default 0.9 */
  rho?: number;
  /** Default 0 */
  momentum?: number;
  /** Default 1e-7 */
  epsilon?: number;
  /** Divide by the deviation instead of the root mean square; default false */
  centered?: boolean;
}

const OPTIONS = ["learningRate", "rho", "momentum", "epsilon", "centered", ...CLIP_OPTIONS];

/**
 * RMSprop in Keras' form.
 *
 * @see Hinton, lecture 6e of "Neural networks for machine learning", 2012
 * @example optimizers.rmsprop({ learningRate: 1e-3 })
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  expectOptions(options, OPTIONS, "rmsprop");
  const clip = expectClip(options, "rmsprop");
  const rho = expectFraction(options.rho ?? 0.9, "rmsprop rho");
  const momentum = expectNumber(options.momentum ?? 0, "rmsprop momentum", 0, 1);
  const epsilon = expectPositive(options.epsilon ?? 1e-7, "rmsprop epsilon");
  const centered = expectBoolean(options.centered ?? false, "rmsprop centered");
  const slots = ["v", ...(centered ? ["average"] : []), ...(momentum > 0 ? ["velocity"] : [])];
  return {
    name: "rmsprop",
    clip,
    slots,
    learningRate: expectNumber(options.learningRate ?? 0.001, "rmsprop learningRate", 0),
    apply(kernels, { weights, gradients, slots: pointers, n }) {
      const at = (slot: string) => pointers[slots.indexOf(slot)] ?? 0;
      const rate = this.learningRate;
      kernels.rmsprop(weights, at("v"), at("average"), at("velocity"), gradients, rate, rho, momentum, epsilon, n);
    },
    toJSON() {
      return { learningRate: this.learningRate, rho, momentum, epsilon, centered, ...clip };
    },
  };
}
