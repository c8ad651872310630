/** More losses that compare number by number. */
import type { Context } from "../context.ts";
import { checked } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import { type Loss, REDUCTION, type ReductionOptions, sameShape, type Target } from "./loss.ts";
import { type Pointwise, pointwise } from "./pointwiseLoss.ts";

function plain(name: string, kind: Pointwise["kind"], options: ReductionOptions): Loss {
  return pointwise(name, checked(options, name, REDUCTION), sameShape, (_context, z, y) => ({ kind, z, y }));
}

/** Of two distributions over the last axis: mean over rows of sum(y·ln(y / p)), both in [1e-7, 1]. */
export function kld(options: ReductionOptions = {}): Loss {
  const distribution = (shape: InnerShape): Target => ({ ...sameShape(shape), activation: "softmax" });
  return pointwise("kld", checked(options, "kld", REDUCTION), distribution, (_context, z, y) => ({
    kind: "kld",
    z,
    y,
  }));
}

/** Of counts: mean of prediction - target·ln(prediction + 1e-7); predictions are above 0, such as of "softplus". */
export function poisson(options: ReductionOptions = {}): Loss {
  const loss = plain("poisson", "poisson", options);
  return {
    ...loss,
    forward(context, p, y, rowWeights) {
      const value = loss.forward(context, p, y, rowWeights);
      const below = Number.isNaN(value) ? context.numbers(p).find(number => number < 0) : undefined;
      if (below === undefined) return value;
      throw new RangeError(`poisson: expected predictions of 0 or more, got ${below}; end the model with "softplus"`);
    },
  };
}

/** Labels of 0 and 1 are taken for -1 and 1, as in Keras: where a batch has no others. */
const isBinary = (context: Context, y: Tensor): number =>
  Number(context.numbers(y).every(label => label === 0 || label === 1));

/** A prediction below 0 is a no, as of logits. */
const signs = (shape: InnerShape): Target => ({ ...sameShape(shape), binary: true, logits: true });

/** Mean of max(0, 1 - target·prediction); targets are -1 and 1, or 0 and 1. */
export function hinge(options: ReductionOptions = {}): Loss {
  return pointwise("hinge", checked(options, "hinge", REDUCTION), signs, (context, z, y) => ({
    kind: "hinge",
    z,
    y,
    a: isBinary(context, y),
  }));
}

/** Mean of max(0, 1 - target·prediction)²; targets are -1 and 1, or 0 and 1. */
export function squaredHinge(options: ReductionOptions = {}): Loss {
  return pointwise("squaredHinge", checked(options, "squaredHinge", REDUCTION), signs, (context, z, y) => ({
    kind: "squaredHinge",
    z,
    y,
    a: isBinary(context, y),
  }));
}

/** Mean of 100·|prediction - target| / |target|, in percent; of a target below 1e-7 that is the divisor. */
export function meanAbsolutePercentageError(options: ReductionOptions = {}): Loss {
  return plain("meanAbsolutePercentageError", "percentage", options);
}

/** Mean of (ln(1 + prediction) - ln(1 + target))²; numbers below 1e-7 count as that. */
export function meanSquaredLogarithmicError(options: ReductionOptions = {}): Loss {
  return plain("meanSquaredLogarithmicError", "logarithmic", options);
}
