import { expectBoolean, expectNumber, expectOptions } from "../expect.ts";
import { CLIP_OPTIONS, type ClipOptions, expectClip, type Optimizer } from "./optimizer.ts";

export interface SgdOptions extends ClipOptions {
  /** Default 0.01 */
  learningRate?: number;
  /** Part of the last move that is made again, in [0, 1]; default 0 */
  momentum?: number;
  /** Nesterov's form of momentum; default false */
  nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum if wanted.
 *
 * @example optimizers.sgd({ learningRate: 0.1, momentum: 0.9 })
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  expectOptions(options, ["learningRate", "momentum", "nesterov", ...CLIP_OPTIONS], "sgd");
  const clip = expectClip(options, "sgd");
  const momentum = expectNumber(options.momentum ?? 0, "sgd momentum", 0, 1);
  const nesterov = expectBoolean(options.nesterov ?? false, "sgd nesterov");
  return {
    name: "sgd",
    clip,
    slots: momentum > 0 ? ["velocity"] : [],
    learningRate: expectNumber(options.learningRate ?? 0.01, "sgd learningRate", 0),
    apply(kernels, { weights, gradients, slots: [velocity = 0], n }) {
      kernels.sgd(weights, velocity, gradients, this.learningRate, momentum, nesterov, n);
    },
    toJSON() {
      return { learningRate: this.learningRate, momentum, nesterov, ...clip };
    },
  };
}
