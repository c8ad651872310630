/** What `compile` takes. */
import type { Loss } from "../losses/loss.ts";
import type { LossName } from "../losses/names.ts";
import type { Metric } from "../metrics/metric.ts";
import type { MetricName } from "../metrics/names.ts";
import type { OptimizerName } from "../optimizers/names.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import { optimizerRegistry } from "../optimizers/registry.ts";
import { type Input, option, optional, options, unchecked } from "../options.ts";
import { expectMade } from "../registry.ts";
import type { ByName } from "./data.ts";

type Losses = Loss | LossName | readonly (Loss | LossName)[] | ByName<Loss | LossName>;
type Own = Metric | MetricName;
export type Metrics = readonly Own[] | ByName<Own | readonly Own[]>;

export const COMPILE = options({
  /** Default "rmsprop", as in Keras */
  optimizer: optional(
    option<Optimizer, Optimizer | OptimizerName>(value => expectMade(optimizerRegistry, value)),
    "rmsprop",
  ),
  /** One for all outputs, or one for each, in a list or by name: { price: "mse", kind: "sparseCategoricalCrossentropy" } */
  loss: option((value): Losses => {
    if (value !== undefined) return value as Losses;
    throw new TypeError('compile: expected a loss, got none; for numbers "meanSquaredError" is the usual one');
  }),
  /** With several outputs: what the loss of each counts in `loss`, their sum, in a list or by name; default 1 */
  lossWeights: optional(unchecked<readonly number[] | ByName<number>>()),
  /** Names, or made by `metrics`, in a list for all outputs or by name; default none */
  metrics: optional(unchecked<Metrics>(), []),
  /** The same, with samples and steps counting as `sampleWeight` and `classWeight` say */
  weightedMetrics: optional(unchecked<Metrics>(), []),
});

export interface CompileOptions extends Input<typeof COMPILE> {}
