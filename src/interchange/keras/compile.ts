/** What a model of Keras' was compiled with: loss, metrics, optimizer, and what the optimizer has learned. */
import { showShape } from "../../expect.ts";
import type { Blueprint, CompileConfig, MetricsConfig, NamedOptions } from "../../formats/blueprint.ts";
import type { NamedSpec } from "../../graph/plan.ts";
import { isRecord } from "../../isObject.ts";
import { sizeOf } from "../../ndarray.ts";
import { optimizerFrom } from "../../optimizers/registry.ts";
import type { Hdf5Node } from "../hdf5/read.ts";
import { type Json, refuse, shown } from "./json.ts";
import { camel, here } from "./names.ts";
import { classOf } from "./values.ts";
import { numbersOf } from "./weights.ts";

const REMEDY = "{ compile: false } reads the model without it, to predict";

/** Short names of losses and metrics, without "_" and capitals. */
const SHORT: Record<string, string> = {
  mse: "meanSquaredError",
  mae: "meanAbsoluteError",
  rmse: "rootMeanSquaredError",
  mape: "meanAbsolutePercentageError",
  msle: "meanSquaredLogarithmicError",
  kldivergence: "kld",
  logcosh: "logCosh",
  huberloss: "huber",
  acc: "accuracy",
  f1: "f1Score",
  r2: "r2Score",
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
  const found =
    classOf(value) ?? refuse(`${kind}: expected a name or a class with options, got ${shown(value)}; ${REMEDY}`);
  const name = fullName(found.className);
  const given: [string, unknown][] = [];
  for (const [key, option] of Object.entries(found.config)) {
    const what = `${kind} ${found.className} ${key}`;
    if (option === null || key === "fn" || (key === "name" && kind === "loss")) continue;
    if (Object.hasOwn(ALONE, key)) {
      const allowed = ALONE[key].includes(isRecord(option) ? (option.config as Json | null)?.name : option);
      if (!allowed) refuse(`${what}: expected ${shown(ALONE[key][0])}, got ${shown(option)}; ${REMEDY}`);
    } else if (key === "name") {
      // A name of its own, and not that of the class with a number.
      if (camel(String(option).replace(/_\d+$/, "")) !== camel(here(found.className))) given.push([key, option]);
    } else if (key === "label_smoothing" && option === 0) continue;
    else if (key === "from_logits" && kind === "metric") {
      if (option !== false) refuse(`${what}: the loss says it here, got ${shown(option)}; ${REMEDY}`);
    } else given.push([camel(key), Array.isArray(option) && option.length === 1 ? option[0] : option]);
  }
  return { name, options: Object.fromEntries(given) };
}

/** What is given for each output, as one thing, a list, or by name. */
function perOutput(value: unknown, names: readonly string[]): unknown[] {
  if (isRecord(value) && typeof value.class_name !== "string") return names.map(name => value[name]);
  return Array.isArray(value) && value.length === names.length ? value : names.map(() => value);
}

const lossesFrom = (value: unknown, names: readonly string[]): NamedOptions[] =>
  perOutput(value, names).map((loss, i) =>
    loss ? makerOf(loss, "loss") : refuse(`loss: there is none of output ${shown(names[i])}; ${REMEDY}`),
  );

/** What the losses count, if not all alike. */
function lossWeightsFrom(value: unknown, names: readonly string[]): { lossWeights?: number[] } {
  const lossWeights = perOutput(value, names).map(weight => weight ?? 1) as number[];
  return lossWeights.every(weight => weight === 1) ? {} : { lossWeights };
}

function metricsFrom(value: unknown, names: readonly string[]): MetricsConfig {
  const made = perOutput(value, names).map(own =>
    (Array.isArray(own) ? own : own ? [own] : []).map(metric => {
      const { name, options } = makerOf(metric, "metric");
      return Object.keys(options).length > 0 ? { name, options } : name;
    }),
  );
  const alike = made.every(own => JSON.stringify(own) === JSON.stringify(made[0]));
  return alike ? made[0] : Object.fromEntries(names.map((name, i) => [name, made[i]]));
}

/** Options of optimizers that change nothing where the model is one of float32 on one device. */
const SILENT = ["name", "jit_compile", "is_legacy_optimizer", "registered_name", "loss_scale_factor"];

function optimizerOptions(className: string, config: Json): object {
  const given: [string, unknown][] = [];
  for (const [key, value] of Object.entries(config)) {
    if (value === null || SILENT.includes(key)) continue;
    if ((key === "use_ema" || key === "amsgrad") && value === false) continue;
    if (key.startsWith("ema_") && config.use_ema !== true) continue;
    if (key === "decay" && value === 0) continue;
    // Keras means the same by no decay and one of 0, and by no gathering and that of one batch.
    if (key === "weight_decay" && (value === false || (value === 0 && className !== "AdamW"))) continue;
    if (key === "gradient_accumulation_steps" && value === 1) continue;
    if (key === "learning_rate" && isRecord(value)) {
      const { className: schedule, config } =
        classOf(value) ?? refuse(`optimizer learning_rate: expected a number or a schedule; ${REMEDY}`);
      const options = Object.entries(config).filter(([name, option]) => name !== "name" && option !== null);
      given.push([
        "learningRate",
        {
          name: camel(here(schedule)),
          options: Object.fromEntries(options.map(([name, option]) => [camel(name), option])),
        },
      ]);
    } else given.push([camel(key.replace("clip", "clip_")), value]); // clipnorm, global_clipnorm, clipvalue
  }
  return Object.fromEntries(given);
}

/** What a model was compiled with, from its compile_config or training_config. */
export function compileFrom(config: Json, outputs: readonly string[]): CompileConfig {
  const given = config.optimizer ?? config.optimizer_config;
  const optimizer = classOf(given) ?? refuse(`optimizer: expected one, got ${shown(given)}; ${REMEDY}`);
  const weightedMetrics = metricsFrom(config.weighted_metrics, outputs);
  return {
    optimizer: {
      name: camel(here(optimizer.className)),
      options: optimizerOptions(optimizer.className, optimizer.config),
    },
    losses: lossesFrom(config.loss, outputs),
    ...lossWeightsFrom(config.loss_weights, outputs),
    metrics: metricsFrom(config.metrics, outputs),
    ...(Object.keys(weightedMetrics).length > 0 ? { weightedMetrics } : {}),
  };
}

/** Slots of optimizers as Keras lists them: of each weight those of a group, then those of the next group. */
export const GROUPS: Record<string, readonly (readonly string[])[]> = {
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

/** The groups that an optimizer has, with its options; those of means and gathered gradients come first. */
export function groupsOf(name: string, slots: readonly string[]): string[][] {
  const all = [
    ["ema"],
    ["gathered"],
    ...(GROUPS[name] ?? refuse(`optimizer ${name}: there is no such in Keras; ${REMEDY}`)),
  ];
  return all.map(group => group.filter(slot => slots.includes(slot))).filter(group => group.length > 0);
}

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
  const groups = groupsOf(optimizer.name, optimizer.slots);
  const names = groups.flatMap(group => trained.flatMap(spec => group.map(slot => ({ slot, spec }))));
  const more = optimizer.name === "nadam" ? 1 : 0; // the product of its momenta, which follows from the step
  const rate = rest.length - names.length - more;
  if (rate < 0 || rate > 1)
    refuse(
      `optimizer: expected ${1 + names.length + more} variables and a learning rate, got ${variables.length}; ${REMEDY}`,
    );
  const initial = (config.options as { initialAccumulatorValue?: number }).initialAccumulatorValue ?? 0.1;
  for (const [i, { slot, spec }] of names.entries()) {
    const what = `optimizer ${slot} of ${spec.path}`;
    const numbers = numbersOf(rest[rate + i], what);
    if (sizeOf(numbers.shape) !== sizeOf(spec.shape))
      refuse(`${what}: expected ${showShape(spec.shape)}, got ${showShape(numbers.shape)}`);
    // Here sums of squares begin at 0.
    const data = slot === "squares" ? numbers.data.map(value => value - initial) : numbers.data;
    slots.set(`${slot}/${spec.path}`, { shape: spec.shape, data });
  }
  const [iterations] = first.read();
  if (!Number.isSafeInteger(iterations) || iterations < 0)
    refuse(`optimizer iterations: expected a whole number, got ${iterations}`);
  return { slots, iterations };
}
