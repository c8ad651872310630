import { boolean, checked, type Input, number, optional, positive, options as schema } from "../options.ts";
import { power } from "../portable.ts";
import { inSteps } from "./inSteps.ts";
import type { Schedule } from "./schedule.ts";

const OPTIONS = schema({
  /** The rate of the first step */
  initialLearningRate: number(0),
  /** After so many steps the rate is `decayRate` times what it was */
  decaySteps: positive,
  /** See `decaySteps` */
  decayRate: positive,
  /** Only every `decaySteps` steps, all at once; default false */
  staircase: optional(boolean, false),
});

export interface ExponentialDecayOptions extends Input<typeof OPTIONS> {}

/**
 * initialLearningRate · decayRate^(step / decaySteps), as in Keras.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example optimizers.adam({ learningRate: schedules.exponentialDecay({ initialLearningRate: 1e-2, decaySteps: 1000, decayRate: 0.9 }) })
 */
export function exponentialDecay(options: ExponentialDecayOptions): Schedule {
  const name = "exponentialDecay";
  return inSteps(name, checked(options, name, OPTIONS), (first, decay, times) => first * power(decay, times));
}
