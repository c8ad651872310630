/** What `compile` takes. */
import type { Loss } from "../losses/loss.ts";
import type { LossName } from "../losses/names.ts";
import type { Metric } from "../metrics/metric.ts";
import type { MetricName } from "../metrics/names.ts";
import { describe } from "../ndarray.ts";
import { isArray } from "../nested.ts";
import type { OptimizerName } from "../optimizers/names.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { optimizerRegistry } from "../optimizers/registry.ts";
import { type Input, option, optional, options } from "../options.ts";
import { expectMade } from "../registry.ts";

type Losses = Loss | LossName | readonly (Loss | LossName)[];

const metricList = option<readonly (Metric | string)[], readonly (Metric | MetricName)[]>(expectList);

export const COMPILE = options({
  /** Default "rmsprop", as in Keras */
  optimizer: optional(
    option<Optimizer, Optimizer | OptimizerName>(value => expectMade(optimizerRegistry, value)),
    "rmsprop",
  ),
  /** One for all outputs, or a list with one for each */
  loss: option((value): Losses => {
    if (value !== undefined) return value as Losses;
    throw new TypeError('compile: expected a loss, got none; for numbers "meanSquaredError" is the usual one');
  }),
  /** Names, or made by `metrics`; default none */
  metrics: optional(metricList, []),
  /** The same, with samples and steps counting as `sampleWeight` and `classWeight` say */
  weightedMetrics: optional(metricList, []),
});

export interface CompileOptions extends Input<typeof COMPILE> {}

function expectList(metrics: unknown, what: string): readonly (Metric | string)[] {
  if (!isArray(metrics)) {
    throw new TypeError(`${what}: expected a list such as ["mae"], got ${describe(metrics)}`);
  }
  if (metrics.includes(undefined)) throw new TypeError(`${what}: expected names or metrics, got a list with a hole`); // copying it may take all memory
  return [...metrics] as (Metric | string)[];
}
