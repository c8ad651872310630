import { isObject } from "../isObject.ts";
import type { Makers } from "../registry.ts";
import { hasMethods, Registry } from "../registry.ts";
import { scheduleRegistry } from "../schedules/registry.ts";
import type { Schedule } from "../schedules/schedule.ts";
import type { Optimizer } from "./optimizer.ts";

/** Optimizers by name. */
export const optimizerRegistry = new Registry<Optimizer>({
  what: "optimizer",
  group: "optimizers",
  example: "optimizers.adam()",
  is: (value): value is Optimizer => hasMethods(value, "apply", "toJSON") && "slots" in (value as object),
});

/**
 * An optimizer as a file tells of it, in which its learning rate may be a schedule.
 *
 * @param own makers that the caller gives for this file
 */
export function optimizerFrom(
  config: { name?: unknown; options?: object } | null | undefined,
  own: { optimizers?: Makers<Optimizer>; schedules?: Makers<Schedule> } = {},
): Optimizer {
  const rate = (config?.options as { learningRate?: unknown } | null | undefined)?.learningRate;
  let options = config?.options;
  if (isObject(rate)) {
    const schedule = rate as { name?: unknown; options?: object };
    options = { ...options, learningRate: scheduleRegistry.make(schedule.name, schedule.options, own.schedules) };
  }
  return optimizerRegistry.make(config?.name, options, own.optimizers);
}
