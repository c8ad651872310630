import { checked, type Input, number, optional, options } from "../options.ts";
import type { Regularizer } from "./regularizer.ts";

const factor = number(0);

const L1 = options({
  /** Factor of the sum of absolute values; default 0.01 */
  l1: optional(factor, 0.01),
});
export interface L1Options extends Input<typeof L1> {}

const L2 = options({
  /** Factor of the sum of squares; default 0.01 */
  l2: optional(factor, 0.01),
});
export interface L2Options extends Input<typeof L2> {}

const BOTH = options({
  /** Factor of the sum of absolute values; default 0 */
  l1: optional(factor, 0),
  /** Factor of the sum of squares; default 0 */
  l2: optional(factor, 0),
});
export interface L1L2Options extends Input<typeof BOTH> {}

function made(name: string, settings: object, l1: number, l2: number): Regularizer {
  return {
    name,
    penalty(numbers) {
      let [sizes, squares] = [0, 0];
      for (const value of numbers) {
        sizes += Math.abs(value);
        squares += value * value;
      }
      return l1 * sizes + l2 * squares;
    },
    addGradient(gradient, numbers, scale) {
      const [a, b] = [l1 * scale, 2 * l2 * scale];
      for (let i = 0; i < numbers.length; i++) gradient[i] += a * Math.sign(numbers[i]) + b * numbers[i];
    },
    toJSON: () => ({ name, options: settings }),
  };
}

/**
 * Adds l1·Σ|w| to the loss, as Keras' L1.
 *
 * @example layers.dense({ units: 1, kernelRegularizer: regularizers.l1({ l1: 1e-4 }) })
 */
export function l1(options: L1Options = {}): Regularizer {
  const settings = checked(options, "l1", L1);
  return made("l1", settings, settings.l1, 0);
}

/**
 * Adds l2·Σw² to the loss, as Keras' L2. `optimizers.adamW` decays weights without it.
 *
 * @example layers.lstm({ units: 8, recurrentRegularizer: regularizers.l2({ l2: 1e-4 }) })
 */
export function l2(options: L2Options = {}): Regularizer {
  const settings = checked(options, "l2", L2);
  return made("l2", settings, 0, settings.l2);
}

/**
 * Adds l1·Σ|w| + l2·Σw² to the loss, as Keras' L1L2.
 *
 * @example layers.lstm({ units: 8, activityRegularizer: regularizers.l1L2({ l1: 1e-5, l2: 1e-4 }) })
 */
export function l1L2(options: L1L2Options = {}): Regularizer {
  const settings = checked(options, "l1L2", BOTH);
  return made("l1L2", settings, settings.l1, settings.l2);
}
