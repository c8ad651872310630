/** Everything that is made by name, and how to add to it. */
import type { Layer } from "./layer/layer.ts";
import { layerRegistry } from "./layers/registry.ts";
import type { Loss } from "./losses/loss.ts";
import { lossRegistry } from "./losses/registry.ts";
import type { Metric } from "./metrics/metric.ts";
import { metricRegistry } from "./metrics/registry.ts";
import { describe } from "./ndarray.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { optimizerRegistry } from "./optimizers/registry.ts";
import { checked, type Input, option, optional, options } from "./options.ts";
import type { Makers, Registry } from "./registry.ts";
import { scheduleRegistry } from "./schedules/registry.ts";
import type { Schedule } from "./schedules/schedule.ts";

const registries = {
  layers: layerRegistry,
  losses: lossRegistry,
  metrics: metricRegistry,
  optimizers: optimizerRegistry,
  schedules: scheduleRegistry,
};

type Group = keyof typeof registries;

/** An object with makers by name, or with things that a file calls by name. */
export function expectMakers<Value>(value: unknown, what: string): Readonly<Record<string, Value>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${what}: expected an object such as { myOwn }, got ${describe(value)}`);
  }
  return value as Readonly<Record<string, Value>>;
}

const makers = <Made>() => optional(option<Makers<Made>>(expectMakers), {});

export const OWN_MAKERS = options({
  /** Layers by kind */
  layers: makers<Layer>(),
  /** Losses by name, such as `defineLoss` makes */
  losses: makers<Loss>(),
  /** Metrics by name, such as `defineMetric` makes */
  metrics: makers<Metric>(),
  /** Optimizers by name */
  optimizers: makers<Optimizer>(),
  /** Schedules of learning rates by name */
  schedules: makers<Schedule>(),
});

/** Makers of the user's own, by kind and name. */
export interface OwnMakers extends Input<typeof OWN_MAKERS> {}

/**
 * Gives makers their names, for models in files and for `compile`. What `import "wasm-lstm"` does with all of the package's.
 *
 * @param makers by kind and name
 * @throws TypeError for what is no maker, RangeError for a name that is taken
 * @example register({ losses: { pinball }, metrics: { largestError } })
 */
export function register(makers: OwnMakers): void {
  const given = checked(makers, "register", OWN_MAKERS);
  for (const group of Object.keys(registries) as Group[]) {
    (registries[group] as Registry<unknown>).register(given[group] as Makers<unknown>);
  }
}
