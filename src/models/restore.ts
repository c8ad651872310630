/** Training as it was when a model was saved. */
import { expectInteger } from "../expect.ts";
import type { Blueprint, CompileConfig, NamedOptions } from "../formats/blueprint.ts";
import { bad, list } from "../formats/errors.ts";
import type { Network } from "../graph/network.ts";
import { isRecord } from "../isObject.ts";
import { lossRegistry } from "../losses/registry.ts";
import type { MetricName } from "../metrics/names.ts";
import { metricRegistry } from "../metrics/registry.ts";
import { followSchedule } from "../optimizers/learningRate.ts";
import { optimizerFrom } from "../optimizers/registry.ts";
import type { OwnMakers } from "../ownMakers.ts";
import type { CompileOptions, Metrics } from "../training/compileOptions.ts";
import type { Trainer } from "../training/trainer.ts";
import { take } from "./take.ts";

/** What of a model is needed here. */
interface Trainable {
  readonly network: Network;
  readonly trainer: Trainer | undefined;
  compile(options: CompileOptions): void;
}

/**
 * Compiles a model as its file says, and gives the optimizer what it had learned.
 *
 * @param own makers beside those that are registered
 */
export function restoreTraining(model: Trainable, blueprint: Blueprint, own: OwnMakers): void {
  const { parameters } = model.network;
  const { settle } = parameters;
  parameters.settle = undefined; // this does
  try {
    compileAs(model, blueprint, own);
  } catch (error) {
    parameters.settle = settle; // else the model would seem never to have been compiled
    throw error;
  }
}

function compileAs(model: Trainable, { compile, slots, progress }: Blueprint, own: OwnMakers): void {
  if (!isRecord(compile)) bad("compile is not an object");
  const { optimizer, losses, lossWeights, metrics, weightedMetrics = [] } = compile as CompileConfig;
  const listOf = (given: unknown, what: string) =>
    list(given, what).map(value => {
      if (typeof value === "string" && metricRegistry.has(value)) return value as MetricName;
      const { name, options } = typeof value === "string" ? { name: value } : ((value ?? {}) as Partial<NamedOptions>);
      return metricRegistry.make(name, options, own.metrics);
    });
  const metricsOf = (given: unknown, what: string): Metrics => {
    if (!isRecord(given)) return listOf(given, what);
    return Object.fromEntries(Object.entries(given).map(([output, own]) => [output, listOf(own, what)]));
  };
  model.compile({
    optimizer: optimizerFrom(optimizer, own),
    loss: list(losses, "losses").map(value => {
      const loss = value as Partial<NamedOptions> | null;
      return lossRegistry.make(loss?.name, loss?.options, own.losses);
    }),
    ...(lossWeights === undefined ? {} : { lossWeights: list(lossWeights, "lossWeights") as number[] }),
    metrics: metricsOf(metrics, "metrics"),
    weightedMetrics: metricsOf(weightedMetrics, "weightedMetrics"),
  });
  const { network, trainer } = model;
  if (trainer) restoreOptimizer(network, trainer, slots, progress);
}

const numbersOf = (slots: Blueprint["slots"]) =>
  new Map([...slots].flatMap(([name, { data }]) => (name.startsWith("run/") ? [[name, data] as const] : [])));

/** What an optimizer has learned, and the steps that it has made. */
export function restoreOptimizer(
  network: Network,
  trainer: Trainer,
  slots: Blueprint["slots"],
  progress: Blueprint["progress"],
): void {
  const wanted = trainer.optimizer.slots.flatMap((slot, s) =>
    network.plan.specs.flatMap((spec, i) => {
      const offset = trainer.trained.offsetOf(network.weights[i]);
      return offset === undefined ? [] : { spec, name: `${slot}/${spec.path}`, to: (trainer.slots[s] + offset) >>> 2 };
    }),
  );
  const known = wanted.some(({ name }) => slots.has(name));
  // Files of old do not tell the optimizer's steps from the model's.
  const iterations = progress?.iterations ?? (known ? progress?.step : 0);
  trainer.iterations = expectInteger(iterations, "model file: iterations", 0);
  followSchedule(trainer.optimizer, trainer.iterations);
  trainer.saved = progress?.run === undefined ? undefined : { json: progress.run, numbers: numbersOf(slots) };
  if (!known) return;
  for (const { spec, name, to } of wanted) {
    network.engine.memory.floats.set(take(slots.get(name), `optimizer/${name}`, spec), to);
  }
}
