import { checked, type Input, integer, number, oneOf, optional, positive, options as schema } from "../options.ts";
import { cosOfHalfTurns } from "../portable.ts";
import type { Schedule } from "./schedule.ts";

const OPTIONS = schema({
  /** The highest rate */
  maxLr: number(0),
  /** Steps of the whole cycle: epochs · batches; the last rate stays after them */
  totalSteps: integer(2),
  /** The part of the steps in which the rate rises; default 0.3 */
  pctStart: optional(number(0, 1), 0.3),
  /** Along half a wave of the cosine, or a straight line; default "cos" */
  annealStrategy: optional(oneOf(["cos", "linear"]), "cos"),
  /** The first rate is maxLr divided by this; default 25 */
  divFactor: optional(positive, 25),
  /** The last rate is the first divided by this; default 1e4 */
  finalDivFactor: optional(positive, 1e4),
});

export interface OneCycleOptions extends Input<typeof OPTIONS> {}

/**
 * Rises to `maxLr` and falls far below where it began, as PyTorch's OneCycleLR; the optimizer's momentum stays as it is.
 *
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Smith and Topin, "Super-convergence", 2018
 * @example optimizers.adam({ learningRate: schedules.oneCycle({ maxLr: 1e-2, totalSteps: 20 * Math.ceil(N / 32) }) })
 */
export function oneCycle(options: OneCycleOptions): Schedule {
  const name = "oneCycle";
  const settings = checked(options, name, OPTIONS);
  const { maxLr, totalSteps, pctStart, annealStrategy, divFactor, finalDivFactor } = settings;
  const first = maxLr / divFactor;
  const [top, end] = [pctStart * totalSteps - 1, totalSteps - 1];
  const between = (from: number, to: number, part: number): number =>
    annealStrategy === "cos" ? to + (from - to) * 0.5 * (1 + cosOfHalfTurns(part)) : (to - from) * part + from;
  return {
    name,
    at(step) {
      if (step <= top) return between(first, maxLr, top > 0 ? step / top : 1);
      const begun = Math.max(0, top);
      return between(maxLr, first / finalDivFactor, Math.min(1, (step - begun) / (end - begun)));
    },
    toJSON: () => ({ name, options: settings }),
  };
}
