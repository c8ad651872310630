import { checked } from "../options.ts";
import type { Constraint } from "./constraint.ts";

/**
 * Weights are not below 0: those that a step makes so become 0, as Keras' NonNeg.
 *
 * @example layers.dense({ units: 1, kernelConstraint: constraints.nonNeg() })
 */
export function nonNeg(options: Record<never, never> = {}): Constraint {
  checked(options, "nonNeg", {});
  return {
    name: "nonNeg",
    constrain(numbers) {
      for (let i = 0; i < numbers.length; i++) if (numbers[i] < 0) numbers[i] = 0;
    },
    toJSON: () => ({ name: "nonNeg", options: {} }),
  };
}
