/** What a model of Keras' was compiled with: loss, metrics, optimizer, and what the optimizer has learned. */
import { showShape } from "../../expect.ts";
import type { Blueprint, CompileConfig, MetricsConfig, NamedOptions } from "../../formats/blueprint.ts";
import type { NamedSpec } from "../../graph/plan.ts";
import { isRecord } from "../../isObject.ts";
import { sizeOf } from "../../ndarray.ts";
import { optimizerFrom } from "../../optimizers/registry.ts";
import type { Hdf5Node } from "../hdf5/read.ts";
import { type Json, refuse, shown } from "./json.ts";
import { camel, here, renamed } from "./names.ts";
import { classOf } from "./values.ts";
import { numbersOf } from "./weights.ts";

/** Short names of losses and metrics, without "_" and capitals. */
const SHORT: Record<string, string> = {
  bce: "binaryCrossentropy",
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  rmse: "rootMeanSquaredError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  kld: "kld",
  kldivergence: "kld",
  logcosh: "logCosh",
  huberloss: "huber",
  acc: "accuracy",
  f1: "f1Score",
  r2: "r2Score",
  sparsetopkcategoricalaccuracy: "topKCategoricalAccuracy",
};

/** What a loss or a metric is called here, in full. */
export function fullName(name: string): string {
  const short = name.replaceAll("_", "").toLowerCase();
  return Object.hasOwn(SHORT, short) ? SHORT[short] : camel(here(name));
}

/** The only values that options of losses and metrics can have; null, and none, are always fine. */
const ALONE: Record<string, readonly unknown[]> = {
  reduction: ["sum_over_batch_size", "auto"],
  axis: [-1],
  dtype: ["float32"],
  multi_label: [false],
  num_regressors: [0],
  class_aggregation: ["uniform_average"],
};

function makerOf(value: unknown, kind: "loss" | "metric"): NamedOptions {
  const { className, config } = classOf(value, kind);
  const name = fullName(className);
  const options = renamed(config, camel, (option, key) => {
    const what = `${kind} ${className} ${key}`;
    if (Object.hasOwn(ALONE, key)) {
      const allowed = ALONE[key].includes(isRecord(option) ? (option.config as Json | null)?.name : option);
      return allowed ? undefined : refuse(`${what}: expected ${shown(ALONE[key][0])}, got ${shown(option)}`);
    }
    if (key === "name") {
      // Of a metric, one of its own, and not that of the class with a number.
      const own = camel(String(option).replace(/_\d+$/, "")) !== camel(here(className));
      return kind === "metric" && own ? option : undefined;
    }
    if (key === "fn" || (key === "label_smoothing" && option === 0)) return undefined;
    if (key === "from_logits" && kind === "metric")
      return option ? refuse(`${what}: the loss says it here, got ${shown(option)}`) : undefined;
    return Array.isArray(option) && option.length === 1 ? option[0] : option;
  });
  return { name, options };
}

/** What is given for each output, as one thing, a list, or by name. */
function perOutput(value: unknown, names: readonly string[]): unknown[] {
  if (isRecord(value) && typeof value.class_name !== "string") return names.map(name => value[name]);
  return Array.isArray(value) && value.length === names.length ? value : names.map(() => value);
}

const lossesFrom = (value: unknown, names: readonly string[]): NamedOptions[] =>
  perOutput(value, names).map((loss, i) =>
    loss ? makerOf(loss, "loss") : refuse(`loss: there is none of output ${shown(names[i])}`),
  );

/** What the losses count, if not all alike. */
function lossWeightsFrom(value: unknown, names: readonly string[]): { lossWeights?: number[] } {
  const lossWeights = perOutput(value, names).map(weight => weight ?? 1) as number[];
  return lossWeights.every(weight => weight === 1) ? {} : { lossWeights };
}

function metricsFrom(value: unknown, names: readonly string[], own: readonly string[]): MetricsConfig {
  const made = perOutput(value, names).map(given =>
    (Array.isArray(given) ? given : given ? [given] : []).map(metric => {
      const { name, options } = makerOf(metric, "metric");
      return Object.keys(options).length > 0 ? { name, options } : name;
    }),
  );
  const alike = made.every(each => JSON.stringify(each) === JSON.stringify(made[0]));
  return alike ? made[0] : Object.fromEntries(own.map((name, i) => [name, made[i]]));
}

/** Options of optimizers that change nothing where the model is one of float32 on one device, and values by which others do not. */
const SILENT = ["name", "jit_compile", "is_legacy_optimizer", "registered_name", "loss_scale_factor"];
const NOTHING: Json = { use_ema: false, amsgrad: false, decay: 0, gradient_accumulation_steps: 1 };

function scheduleFrom(value: Json): NamedOptions {
  const { className, config } = classOf(value, "optimizer learning_rate");
  const { name: _, ...options } = config;
  return { name: camel(here(className)), options: renamed(options, camel) };
}

function optimizerOf(value: unknown): NamedOptions {
  const { className, config } = classOf(value, "optimizer");
  const name = (key: string): string => camel(key.replace("clip", "clip_")); // clipnorm, global_clipnorm, clipvalue
  const options = renamed(config, name, (option, key) => {
    if (SILENT.includes(key) || option === NOTHING[key]) return undefined;
    if (key.startsWith("ema_") && config.use_ema !== true) return undefined;
    // Keras means the same by no decay and one of 0.
    if (key === "weight_decay" && !option && className !== "AdamW") return undefined;
    return key === "learning_rate" && isRecord(option) ? scheduleFrom(option) : option;
  });
  return { name: camel(here(className)), options };
}

/**
 * What a model was compiled with, from its compile_config or training_config.
 *
 * @param outputs their names there
 * @param own and here
 */
export function compileFrom(config: Json, outputs: readonly string[], own: readonly string[]): CompileConfig {
  const weightedMetrics = metricsFrom(config.weighted_metrics, outputs, own);
  return {
    optimizer: optimizerOf(config.optimizer ?? config.optimizer_config),
    losses: lossesFrom(config.loss, outputs),
    ...lossWeightsFrom(config.loss_weights, outputs),
    metrics: metricsFrom(config.metrics, outputs, own),
    ...(Object.keys(weightedMetrics).length > 0 ? { weightedMetrics } : {}),
  };
}

/** Slots of optimizers as Keras lists them: of each weight those of a group, then those of the next group. */
const GROUPS: Record<string, readonly (readonly string[])[]> = {
  adam: [["m", "v"], ["largest"]],
  adamW: [["m", "v"], ["largest"]],
  nadam: [["m", "v"]],
  adamax: [["m", "u"]],
  sgd: [["velocity"]],
  rmsprop: [["v"], ["velocity"], ["average"]],
  adagrad: [["squares"]],
  adadelta: [["v", "moves"]],
  lion: [["m"]],
};

/** The slots that an optimizer has, in Keras' order; those of means and of gathered gradients come first. */
export function slotsOf(
  name: string,
  slots: readonly string[],
  trained: readonly NamedSpec[],
): { slot: string; spec: NamedSpec }[] {
  const all = GROUPS[name] ?? refuse(`optimizer ${name}: there is no such in Keras`);
  const groups = [["ema"], ["gathered"], ...all].map(group => group.filter(slot => slots.includes(slot)));
  return groups.flatMap(group => trained.flatMap(spec => group.map(slot => ({ slot, spec }))));
}

/** Numbers of a slot, which begin elsewhere if they are sums of squares: here at 0. */
export const shifted = (slot: string, data: Float32Array, by: number): Float32Array =>
  slot === "squares" ? data.map(value => value + by) : data;

/**
 * What the optimizer has learned.
 *
 * @param variables as the file lists them: iterations, learning rate unless a schedule says it, slots
 * @param trained weights in Keras' order
 */
export function slotsFrom(
  variables: readonly Hdf5Node[],
  trained: readonly NamedSpec[],
  { optimizer: config }: CompileConfig,
): Pick<Blueprint, "slots"> & { iterations: number } {
  const slots: Map<string, { shape: readonly number[]; data: Float32Array }> = new Map();
  const [first, ...rest] = variables;
  if (!first) return { slots, iterations: 0 };
  const optimizer = optimizerFrom(config);
  const names = slotsOf(optimizer.name, optimizer.slots, trained);
  const more = optimizer.name === "nadam" ? 1 : 0; // the product of its momenta, which follows from the step
  const rate = rest.length - names.length - more;
  if (rate < 0 || rate > 1)
    refuse(`optimizer: expected ${1 + names.length + more} variables and a learning rate, got ${variables.length}`);
  const initial = (config.options as { initialAccumulatorValue?: number }).initialAccumulatorValue ?? 0.1;
  for (const [i, { slot, spec }] of names.entries()) {
    const what = `optimizer ${slot} of ${spec.path}`;
    const numbers = numbersOf(rest[rate + i], what);
    if (sizeOf(numbers.shape) !== sizeOf(spec.shape))
      refuse(`${what}: expected ${showShape(spec.shape)}, got ${showShape(numbers.shape)}`);
    slots.set(`${slot}/${spec.path}`, { shape: spec.shape, data: shifted(slot, numbers.data, -initial) });
  }
  const [iterations] = first.read();
  if (!Number.isSafeInteger(iterations) || iterations < 0)
    refuse(`optimizer iterations: expected a whole number, got ${iterations}`);
  return { slots, iterations };
}
