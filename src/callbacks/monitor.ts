/** The log that a callback watches. */
import { describe, listNames } from "../describe.ts";
import { hintFor } from "../hint.ts";
import { oneOf, option } from "../options.ts";
import type { LogName, TrainingRun } from "./callback.ts";

/** The name of a log, as an option. */
export const monitored = option<LogName>((value, what) => {
  if (typeof value === "string") return value as LogName;
  throw new TypeError(`${what}: expected the name of a log such as "valLoss", got ${describe(value)}`);
});

export const modeOption = oneOf(["auto", "min", "max"]);

/** What a log is multiplied with so that less is better. */
export const signOf = (mode: "auto" | "min" | "max", monitor: string): 1 | -1 =>
  mode === "max" || (mode === "auto" && /accuracy$|auc$/i.test(monitor)) ? -1 : 1;

/**
 * Refuses what no epoch will have a log of, before the first begins.
 *
 * @param what the callback, for the error
 */
export function expectMonitor(monitor: string, { logNames }: TrainingRun, what: string): void {
  if (logNames.includes(monitor)) return;
  const validates = logNames.includes("valLoss");
  const hint =
    monitor.startsWith("val") && !validates
      ? "; pass validationSplit or validationData to fit"
      : hintFor(monitor, logNames);
  throw new RangeError(`${what} monitor: expected one of ${listNames(logNames)}, got ${describe(monitor)}${hint}`);
}
