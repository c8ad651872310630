/** Losses that learn how far the truth may be from a prediction. */

import type { Context } from "../context.ts";
import { LOSSES } from "../engine/families/losses.generated.ts";
import { showShape } from "../expect.ts";
import { isArray } from "../isObject.ts";
import { describe } from "../ndarray.ts";
import { boolean, checked, type Input, option, optional, positive, options as schema } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import { type Loss, REDUCTION, reducing, rowsOf, type Target } from "./loss.ts";

/** Targets that have one number for so many of the prediction's; `back` is how to bring those to raw units. */
function narrower(name: string, shape: InnerShape, times: number, what: string, back: string): Target {
  const last = shape.at(-1);
  if (typeof last === "number" && last % times === 0) {
    const unscalable = `${name}; scale y yourself, and bring back ${back}`;
    return { shape: [...shape.slice(0, -1), last / times], ids: false, numbers: true, unscalable };
  }
  throw new RangeError(
    `compile loss ${name}: expected an output of ${times}, or a multiple of it, on the last axis, ${what}, got ` +
      showShape(["N", ...shape]),
  );
}

const QUANTILE = schema({
  /** Parts of the truth that should be below each prediction, each in (0, 1), such as [0.1, 0.5, 0.9] */
  quantiles: option((value, what): readonly number[] => {
    if (!isArray(value))
      throw new TypeError(`${what}: expected a list such as [0.1, 0.5, 0.9], got ${describe(value)}`);
    if (value.length > 0 && value.every(q => typeof q === "number" && q > 0 && q < 1)) return [...value] as number[];
    throw new RangeError(
      `${what}: expected numbers between 0 and 1, got [${value.slice(0, 9).map(describe).join(", ")}]`,
    );
  }),
  ...REDUCTION,
});

export interface QuantileOptions extends Input<typeof QUANTILE> {}

/**
 * The pinball loss of several quantiles: the mean of q·e above a prediction and (1 - q)·e below it. The output has of each
 * feature of the target all quantiles, one after the other: [..., features · quantiles].
 *
 * @example net.compile({ loss: losses.quantile({ quantiles: [0.1, 0.5, 0.9] }) }) // behind dense({ units: 3 }), y [N, 1]
 */
export function quantile(options: QuantileOptions): Loss {
  const name = "quantile";
  const settings = checked(options, name, QUANTILE);
  const { quantiles } = settings;
  const Q = quantiles.length;
  const args = (context: Context, p: Tensor) =>
    [context.tensorFrom(Float32Array.from(quantiles), [Q]).pointer, Q, ...rowsOf(p)] as const;
  return {
    name,
    families: [LOSSES],
    ...reducing(settings),
    target: shape => narrower(name, shape, Q, "of each feature all quantiles", "all alike"),
    forward: (context, p, y, rowWeights = 0) =>
      context.kernels.quantileForward(p.pointer, y.pointer, rowWeights, ...args(context, p)),
    backward(context, p, y, rowWeights = 0) {
      const dp = context.gradientOf(p);
      context.kernels.quantileBackward(dp, p.pointer, y.pointer, rowWeights, ...args(context, p));
    },
    toJSON: () => ({ name, options: settings }),
  };
}

const GAUSSIAN = schema({
  /** The second half of the output is the log of the variance, and any number will do; false: the variance itself; default true */
  logVariance: optional(boolean, true),
  /** Adds ln(2π) / 2, which no gradient has; default false */
  full: optional(boolean, false),
  /** The least variance; default 1e-6 */
  epsilon: optional(positive, 1e-6),
  ...REDUCTION,
});

export interface GaussianNllOptions extends Input<typeof GAUSSIAN> {}

/**
 * Minus the log-likelihood of a normal distribution, as PyTorch's GaussianNLLLoss: mean of (ln v + (mean - target)² / v) / 2.
 * The output has the means of all features, then their variances: [..., 2 · features].
 *
 * @see Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994
 * @example net.compile({ loss: "gaussianNll" }) // behind dense({ units: 2 }), y [N, 1]
 */
export function gaussianNll(options: GaussianNllOptions = {}): Loss {
  const name = "gaussianNll";
  const settings = checked(options, name, GAUSSIAN);
  const { logVariance, full, epsilon } = settings;
  const constant = full ? 0.9189385332046727 : 0;
  const sizes = (p: Tensor) => {
    const [rows, C] = rowsOf(p);
    return [rows, C / 2] as const;
  };
  return {
    name,
    families: [LOSSES],
    ...reducing(settings),
    target: shape => narrower(name, shape, 2, "means and variances", "means; variances by the squared deviation"),
    forward: ({ kernels }, p, y, rowWeights = 0) =>
      kernels.gaussianNllForward(p.pointer, y.pointer, rowWeights, logVariance, epsilon, constant, ...sizes(p)),
    backward(context, p, y, rowWeights = 0) {
      const dp = context.gradientOf(p);
      context.kernels.gaussianNllBackward(dp, p.pointer, y.pointer, rowWeights, logVariance, epsilon, ...sizes(p));
    },
    toJSON: () => ({ name, options: settings }),
  };
}
