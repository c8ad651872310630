import { checked, type Input, integer, number, optional, orNull, positive, options as schema } from "../options.ts";
import { cosOfHalfTurns } from "../portable.ts";
import type { Schedule } from "./schedule.ts";

const OPTIONS = schema({
  /** The rate of the first step */
  initialLearningRate: number(0),
  /** Steps from the highest rate to the lowest */
  decaySteps: positive,
  /** The lowest rate, as a part of the highest; default 0 */
  alpha: optional(number(0), 0),
  /** Rise to this rate first, by equal amounts; default null: begin to fall at once */
  warmupTarget: optional(orNull(number(0)), null),
  /** Steps of that rise; default 0 */
  warmupSteps: optional(integer(0), 0),
});

export interface CosineDecayOptions extends Input<typeof OPTIONS> {}

/**
 * Falls from the initial rate to `alpha` times it along half a wave of the cosine, then stays there; as in Keras.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017
 * @example optimizers.adam({ learningRate: schedules.cosineDecay({ initialLearningRate: 1e-2, decaySteps: 5000 }) })
 */
export function cosineDecay(options: CosineDecayOptions): Schedule {
  const name = "cosineDecay";
  const settings = checked(options, name, OPTIONS);
  const { initialLearningRate, decaySteps, alpha, warmupTarget, warmupSteps } = settings;
  const decayed = (step: number, from: number): number => {
    const cosine = 0.5 * (1 + cosOfHalfTurns(Math.min(step, decaySteps) / decaySteps));
    return from * ((1 - alpha) * cosine + alpha);
  };
  return {
    name,
    at(step) {
      if (warmupTarget === null) return decayed(step, initialLearningRate);
      if (step >= warmupSteps) return decayed(step - warmupSteps, warmupTarget);
      return (warmupTarget - initialLearningRate) * (step / warmupSteps) + initialLearningRate;
    },
    toJSON: () => ({ name, options: settings }),
  };
}
