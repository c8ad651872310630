import { checked, type Input, number, optional, positive, options as schema } from "../options.ts";
import { cosOfHalfTurns, wholePower } from "../portable.ts";
import type { Schedule } from "./schedule.ts";

const OPTIONS = schema({
  /** The rate of the first step */
  initialLearningRate: number(0),
  /** Steps of the first fall */
  firstDecaySteps: positive,
  /** Each fall has so many times the steps of the one before, at least 1; default 2 */
  tMul: optional(number(1), 2),
  /** Each begins at so many times the rate of the one before; default 1 */
  mMul: optional(number(0), 1),
  /** The lowest rate, as a part of the first; default 0 */
  alpha: optional(number(0), 0),
});

export interface CosineDecayRestartsOptions extends Input<typeof OPTIONS> {}

/**
 * Falls along half a wave of the cosine, again and again, as in Keras.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017
 * @example optimizers.adam({ learningRate: schedules.cosineDecayRestarts({ initialLearningRate: 1e-2, firstDecaySteps: 500 }) })
 */
export function cosineDecayRestarts(options: CosineDecayRestartsOptions): Schedule {
  const name = "cosineDecayRestarts";
  const settings = checked(options, name, OPTIONS);
  const { initialLearningRate, firstDecaySteps, tMul, mMul, alpha } = settings;
  return {
    name,
    at(step) {
      let [begun, steps, falls] = [0, firstDecaySteps, 0];
      if (tMul === 1) {
        falls = Math.floor(step / steps);
        begun = falls * steps;
      } else
        for (; step >= begun + steps; falls++) {
          begun += steps;
          steps *= tMul;
        }
      const cosine = 0.5 * (1 + cosOfHalfTurns(Math.min(1, Math.max(0, (step - begun) / steps))));
      return initialLearningRate * ((1 - alpha) * wholePower(mMul, falls) * cosine + alpha);
    },
    toJSON: () => ({ name, options: settings }),
  };
}
