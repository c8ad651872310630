import { describe } from "../describe.ts";
import { expectNumber } from "../expect.ts";
import type { Callback } from "./callback.ts";
import { withOrigin } from "./origin.ts";
import { expectFreeRate } from "./rate.ts";

/**
 * Sets the learning rate of every epoch. Rates that change from step to step are schedules, see `schedules`.
 *
 * @param schedule gets the number of the epoch, from 0, and the present rate, and returns the rate
 * @throws TypeError for no function; `fit` throws a RangeError for a rate below 0, an Error where the optimizer has a schedule
 * @example callbacks.learningRateScheduler((epoch, rate) => (epoch < 10 ? rate : rate * 0.9))
 */
export function learningRateScheduler(schedule: (epoch: number, learningRate: number) => number): Callback {
  if (typeof schedule !== "function") {
    throw new TypeError(`learningRateScheduler: expected a function of the epoch, got ${describe(schedule)}`);
  }
  const callback: Callback = {
    onTrainBegin: run => expectFreeRate(run, "learningRateScheduler"),
    onEpochBegin(epoch, run) {
      const rate = schedule(epoch, run.optimizer.learningRate);
      run.optimizer.learningRate = expectNumber(rate, `learningRateScheduler: the rate of epoch ${epoch}`, 0);
    },
  };
  return withOrigin(callback, "learningRateScheduler", undefined);
}
