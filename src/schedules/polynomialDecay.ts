import { boolean, checked, type Input, number, optional, positive, options as schema } from "../options.ts";
import { power as powerOf } from "../portable.ts";
import type { Schedule } from "./schedule.ts";

const OPTIONS = schema({
  /** The rate of the first step */
  initialLearningRate: number(0),
  /** Steps to the last rate */
  decaySteps: positive,
  /** The last rate; default 1e-4 */
  endLearningRate: optional(number(0), 1e-4),
  /** 1: a straight line; default 1 */
  power: optional(positive, 1),
  /** At the end go up again and fall over as many steps more; default false: stay */
  cycle: optional(boolean, false),
});

export interface PolynomialDecayOptions extends Input<typeof OPTIONS> {}

/**
 * (initialLearningRate - endLearningRate) · (1 - step / decaySteps)^power + endLearningRate, as in Keras.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example optimizers.adam({ learningRate: schedules.polynomialDecay({ initialLearningRate: 1e-2, decaySteps: 1000 }) })
 */
export function polynomialDecay(options: PolynomialDecayOptions): Schedule {
  const name = "polynomialDecay";
  const settings = checked(options, name, OPTIONS);
  const { initialLearningRate, decaySteps, endLearningRate, power, cycle } = settings;
  return {
    name,
    at(step) {
      const steps = cycle ? decaySteps * Math.max(1, Math.ceil(step / decaySteps)) : decaySteps;
      const left = powerOf(1 - Math.min(step, steps) / steps, power);
      return (initialLearningRate - endLearningRate) * left + endLearningRate;
    },
    toJSON: () => ({ name, options: settings }),
  };
}
