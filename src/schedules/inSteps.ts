import type { Schedule } from "./schedule.ts";

interface Settings {
  readonly initialLearningRate: number;
  readonly decaySteps: number;
  readonly decayRate: number;
  readonly staircase: boolean;
}

/**
 * A rate that follows from how often so many steps have passed, wholly or in part.
 *
 * @param rateOf of the first rate, `decayRate` and how often
 */
export function inSteps(
  name: string,
  settings: Settings,
  rateOf: (first: number, decay: number, times: number) => number,
): Schedule {
  const { initialLearningRate, decaySteps, decayRate, staircase } = settings;
  return {
    name,
    at(step) {
      const times = step / decaySteps;
      return rateOf(initialLearningRate, decayRate, staircase ? Math.floor(times) : times);
    },
    toJSON: () => ({ name, options: settings }),
  };
}
