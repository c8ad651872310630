/** The learning rate of an optimizer: a number, or what a schedule says of each step. */
import { cut } from "../describe.ts";
import { expectNumber } from "../expect.ts";
import { option } from "../options.ts";
import { isSchedule } from "../schedules/registry.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { Optimizer } from "./optimizer.ts";

/** A learning rate as makers of optimizers take it. */
export const rate = option((value, what): number | Schedule =>
  isSchedule(value) ? value : expectNumber(value, what, 0),
);

/** What an optimizer begins with. */
export function followed(given: number | Schedule): { learningRate: number; schedule: Schedule | undefined } {
  return typeof given === "number"
    ? { learningRate: given, schedule: undefined }
    : { learningRate: given.at(0), schedule: given };
}

/** The learning rate for `toJSON`. */
export function rateOf({ learningRate, schedule }: Optimizer): number | { name: string; options: object } {
  return schedule ? schedule.toJSON() : learningRate;
}

/** The rates that schedules have set, to tell them from others. */
const known = new WeakMap<Optimizer, { schedule: Schedule; rate: number }>();

/**
 * Sets the learning rate of a step, where a schedule says it.
 *
 * @throws Error where somebody else has set it: that would be lost in silence
 */
export function followSchedule(optimizer: Optimizer, step: number): void {
  const { schedule } = optimizer;
  if (!schedule) return;
  const last = known.get(optimizer);
  if (last?.schedule === schedule && !Object.is(last.rate, optimizer.learningRate)) {
    throw new Error(
      `optimizer learningRate: expected what the schedule ${cut(schedule.name)} sets it to, ${last.rate}, got ` +
        `${optimizer.learningRate}; to set it yourself, first say optimizer.schedule = undefined`,
    );
  }
  optimizer.learningRate = schedule.at(step);
  known.set(optimizer, { schedule, rate: optimizer.learningRate });
}
