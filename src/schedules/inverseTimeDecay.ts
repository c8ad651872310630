import { boolean, checked, type Input, number, optional, positive, options as schema } from "../options.ts";
import { inSteps } from "./inSteps.ts";
import type { Schedule } from "./schedule.ts";

const OPTIONS = schema({
  /** The rate of the first step */
  initialLearningRate: number(0),
  /** See `decayRate` */
  decaySteps: positive,
  /** After `decaySteps` steps the rate is divided by 1 + this, after twice as many by 1 + twice this */
  decayRate: number(0),
  /** Only every `decaySteps` steps, all at once; default false */
  staircase: optional(boolean, false),
});

export interface InverseTimeDecayOptions extends Input<typeof OPTIONS> {}

/**
 * initialLearningRate / (1 + decayRate · step / decaySteps), as in Keras.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example optimizers.sgd({ learningRate: schedules.inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.5 }) })
 */
export function inverseTimeDecay(options: InverseTimeDecayOptions): Schedule {
  const name = "inverseTimeDecay";
  return inSteps(name, checked(options, name, OPTIONS), (first, decay, times) => first / (1 + decay * times));
}
