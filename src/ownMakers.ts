/** Makers that come with a call, for names that a file has: layers, losses and others of the user's own. */
import type { Cells } from "./cells/registry.ts";
import { describe } from "./describe.ts";
import { isRecord } from "./isObject.ts";
import type { Layer } from "./layer/layer.ts";
import type { Loss } from "./losses/loss.ts";
import type { Metric } from "./metrics/metric.ts";
import type { Optimizer } from "./optimizers/optimizer.ts";
import { type Input, option, optional, options } from "./options.ts";
import type { Makers } from "./registry.ts";
import type { Schedule } from "./schedules/schedule.ts";

/** An object with makers by name, or with things that a file calls by name. */
export function expectMakers<Value>(value: unknown, what: string): Readonly<Record<string, Value>> {
  if (!isRecord(value)) {
    throw new TypeError(`${what}: expected an object such as { myOwn }, got ${describe(value)}`);
  }
  return value as Readonly<Record<string, Value>>;
}

const makers = <Made>() => optional(option<Makers<Made>>(expectMakers), {});

export const OWN_MAKERS = options({
  /** Cells of your own by name, for `layers.rnn`: a file holds no code */
  cells: optional(option<Cells>(expectMakers), {}),
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
