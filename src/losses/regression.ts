/** Losses that compare number by number. */
import { LOSSES } from "../engine/families/losses.generated.ts";
import type { Family, Kernels } from "../engine/kernels.ts";
import { checked, type Input, number, optional, options as schema } from "../options.ts";
import { type Loss, REDUCTION, type ReductionOptions, reducing, rowsOf, sameShape } from "./loss.ts";

type Sizes = [rows: number, C: number];

/** The kernels of a loss, with its options in place. */
interface Pair {
  forward(kernels: Kernels, prediction: number, target: number, rowWeights: number, sizes: Sizes): number;
  backward(
    kernels: Kernels,
    dPrediction: number,
    prediction: number,
    target: number,
    rowWeights: number,
    sizes: Sizes,
  ): void;
}

function regression(
  name: string,
  options: ReductionOptions,
  { forward, backward }: Pair,
  families: readonly Family[] = [],
): Loss {
  return {
    name,
    families,
    ...reducing(options),
    target: output => ({ ...sameShape(output), numbers: true }),
    forward: ({ kernels }, p, y, rowWeights = 0) => forward(kernels, p.pointer, y.pointer, rowWeights, rowsOf(p)),
    backward: ({ kernels, tape }, p, y, rowWeights = 0) =>
      backward(kernels, tape?.gradientOf(p) ?? 0, p.pointer, y.pointer, rowWeights, rowsOf(p)),
    toJSON: () => ({ name, options }),
  };
}

function plain(
  name: "meanSquaredError" | "meanAbsoluteError" | "logCosh",
  options: ReductionOptions,
  families?: readonly Family[],
): Loss {
  const pair: Pair = {
    forward: (kernels, p, y, w, sizes) => kernels[`${name}Forward`](p, y, w, ...sizes),
    backward: (kernels, dp, p, y, w, sizes) => kernels[`${name}Backward`](dp, p, y, w, ...sizes),
  };
  return regression(name, checked(options, name, REDUCTION), pair, families);
}

const HUBER = schema({
  /** Where the loss stops to be quadratic; default 1 */
  delta: optional(number(0), 1),
  ...REDUCTION,
});

export interface HuberOptions extends Input<typeof HUBER> {}

/** Mean of (prediction - target)². */
export function meanSquaredError(options: ReductionOptions = {}): Loss {
  return plain("meanSquaredError", options);
}

/** Mean of |prediction - target|. */
export function meanAbsoluteError(options: ReductionOptions = {}): Loss {
  return plain("meanAbsoluteError", options);
}

/**
 * Quadratic for errors up to `delta`, linear beyond.
 *
 * @see Huber, "Robust estimation of a location parameter", 1964
 */
export function huber(options: HuberOptions = {}): Loss {
  const settings = checked(options, "huber", HUBER);
  const { delta } = settings;
  const pair: Pair = {
    forward: (kernels, p, y, w, sizes) => kernels.huberForward(p, y, w, delta, ...sizes),
    backward: (kernels, dp, p, y, w, sizes) => kernels.huberBackward(dp, p, y, w, delta, ...sizes),
  };
  return regression("huber", settings, pair, [LOSSES]);
}

/** Mean of ln cosh(prediction - target): quadratic for small errors, linear for large ones, smooth everywhere. */
export function logCosh(options: ReductionOptions = {}): Loss {
  return plain("logCosh", options, [LOSSES]);
}
