/** What a model was compiled with, and what its optimizer has learned, as Keras has them. */
import type { Blueprint, CompileConfig, MetricsConfig, NamedOptions, Numbers } from "../../formats/blueprint.ts";
import { isTrained, type NamedSpec } from "../../graph/plan.ts";
import { isRecord } from "../../isObject.ts";
import { fullName, shifted, slotsOf } from "./compile.ts";
import { type Json, refuse, shown } from "./json.ts";
import { renamed, snake, there } from "./names.ts";
import { keras } from "./writeLayer.ts";

/** clipNorm: clipnorm; beta1: beta_1 */
const optionName = (name: string): string => snake(name).replace("clip_", "clip").replace(/\d$/, "_$&");

const LOSSES = new Set(
  (
    "meanSquaredError meanAbsoluteError huber logCosh kld poisson hinge squaredHinge meanAbsolutePercentageError " +
    "meanSquaredLogarithmicError binaryCrossentropy categoricalCrossentropy sparseCategoricalCrossentropy " +
    "binaryFocalCrossentropy categoricalFocalCrossentropy cosineSimilarity"
  ).split(" "),
);
const METRICS = new Set(
  (
    "meanAbsoluteError meanSquaredError rootMeanSquaredError meanAbsolutePercentageError binaryAccuracy categoricalAccuracy " +
    "sparseCategoricalAccuracy topKCategoricalAccuracy auc precision recall f1Score r2Score"
  ).split(" "),
);
const WHOLE = /steps|boundaries|frequency|^k$|numThresholds|classId|ignoreClass/i;

/** A number that Python must read as a float, also where it is whole: see `jsonFor`. */
const float = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(float) : Number.isInteger(value) ? `@float ${(value as number).toFixed(1)}` : value;

/** JSON in which numbers that must be floats are written as such: 1.0 */
export const jsonFor = (value: object): string => JSON.stringify(value).replace(/"@float ([^"]+)"/g, "$1");

const optionsTo = (options: object): Json =>
  renamed(options, optionName, (value, key) => (WHOLE.test(key) ? value : float(value)));

function lossTo({ name, options }: NamedOptions): Json {
  const { reduction = "steps", ...own } = options as Json;
  if (!LOSSES.has(name)) refuse(`loss ${shown(name)}: Keras has none of that name; compile with another before saving`);
  if (reduction !== "steps") refuse(`loss ${name} reduction: Keras has "steps" alone, got ${shown(reduction)}`);
  return keras("keras.losses", there(name), optionsTo(own));
}

function metricTo(given: string | NamedOptions, sparse: boolean): unknown {
  const { name, options } = typeof given === "string" ? { name: given, options: {} } : given;
  const whole = fullName(name);
  if (whole === "accuracy") return "accuracy";
  if (!METRICS.has(whole))
    refuse(`metric ${shown(name)}: Keras has none of that name; compile without it before saving`);
  const topK = whole === "topKCategoricalAccuracy" && sparse;
  return keras("keras.metrics", topK ? `Sparse${there(whole)}` : there(whole), optionsTo(options));
}

/**
 * The compile_config of a model.
 *
 * @param outputs their names, which Keras may have others for: metrics are listed in this order
 */
export function compileTo(
  { optimizer, losses, lossWeights, metrics, weightedMetrics = [] }: CompileConfig,
  outputs: readonly string[],
): Json {
  const { learningRate, excludeFromWeightDecay, ...options } = optimizer.options as Json;
  slotsOf(optimizer.name, [], []); // for its error
  if (excludeFromWeightDecay !== undefined)
    refuse(
      `optimizer ${optimizer.name} excludeFromWeightDecay: Keras' files do not hold it, got ${shown(excludeFromWeightDecay)}`,
    );
  let rate = float(learningRate);
  if (isRecord(learningRate)) {
    const { name, options: own } = learningRate as unknown as NamedOptions;
    if (name === "oneCycle") refuse("optimizer learningRate: Keras has no schedule oneCycle");
    rate = keras("keras.optimizers.schedules", there(name), optionsTo(own));
  }
  const sparse = losses.some(({ name }) => name.startsWith("sparse"));
  const each = (given: MetricsConfig): unknown => {
    const own = outputs.map(name => (Array.isArray(given) ? given : ((given as Record<string, never[]>)[name] ?? [])));
    if (own.flat().length === 0) return null;
    const made = own.map(list => list.map(metric => metricTo(metric, sparse)));
    return made.length > 1 ? made : made[0];
  };
  const all = losses.map(lossTo);
  return {
    optimizer: keras("keras.optimizers", there(optimizer.name), { ...optionsTo(options), learning_rate: rate }),
    loss: all.length > 1 ? all : all[0],
    loss_weights: lossWeights ?? null,
    metrics: each(metrics),
    weighted_metrics: each(weightedMetrics),
  };
}

/** What an optimizer has, as Keras lists it. */
export interface Variable {
  shape: readonly number[];
  data: Float32Array | Int32Array;
}

/** The variables of the optimizer, in Keras' order; none where it has none. */
export function variablesOf(blueprint: Blueprint, specs: readonly NamedSpec[], slots: readonly string[]): Variable[] {
  const { compile, progress } = blueprint;
  if (!compile) return [];
  const { name, options } = compile.optimizer;
  const {
    learningRate,
    initialAccumulatorValue = 0.1,
    beta1 = 0.9,
    gradientAccumulationSteps: batches = 1,
  } = options as Record<string, unknown>;
  const { iterations = 0 } = progress;
  const list: Variable[] = [{ shape: [], data: Int32Array.of(iterations) }];
  if (typeof learningRate === "number") list.push({ shape: [], data: Float32Array.of(learningRate) });
  for (const { slot, spec } of slotsOf(name, slots, specs.filter(isTrained))) {
    const { shape, data } = blueprint.slots.get(`${slot}/${spec.path}`) as Numbers;
    list.push({ shape, data: shifted(slot, data, initialAccumulatorValue as number) });
  }
  if (name === "nadam") {
    let product = 1;
    const updates = Math.floor(iterations / (batches as number));
    for (let t = 1; t <= updates; t++) product *= (beta1 as number) * (1 - 0.5 * 0.96 ** t);
    list.push({ shape: [], data: Float32Array.of(product) });
  }
  return list;
}
