import type { TrainingRun } from "./callback.ts";

/** Refuses to set the rate of an optimizer whose schedule does. */
export function expectFreeRate({ optimizer }: TrainingRun, what: string): void {
  if (!optimizer.schedule) return;
  throw new Error(
    `${what}: expected an optimizer with a number as its learningRate, got the schedule ${optimizer.schedule.name}; use one of the two`,
  );
}
