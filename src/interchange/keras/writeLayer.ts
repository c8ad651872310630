/** A layer of this package as one of Keras'. */
import { HARD_SLOPE } from "../../activations.ts";
import type { InitializerConfig } from "../../initializers.ts";
import type { LayerConfig } from "../../layer/layer.ts";
import { warnOnce } from "../../warn.ts";
import { type Json, refuse, shown } from "./json.ts";
import { isShared, renamed, snake, there } from "./names.ts";

/** Options that Keras' layers have not, with the values by which they change nothing; where that is none, null. */
const OWN: Json = {
  inputGate: "plain",
  coupledGates: false,
  layerNorm: false,
  stateful: false,
  lazy: false,
  zoneout: { hidden: 0, cell: 0 },
  ...Object.fromEntries(
    "cellActivation layerNormEpsilon peephole cellClip clip projection weights".split(" ").map(name => [name, null]),
  ),
};

/** Options that are said elsewhere, or change how much memory is taken alone. */
const SILENT = new Set([
  "name",
  "inputShape",
  "trainable",
  "checkpointSteps",
  "layer",
  "useCausalMask",
  "returnAttentionScores",
]);

const RULE = /(Regularizer|Constraint)$/;
const RULES = ["l1", "l2", "l1L2", "maxNorm", "unitNorm", "nonNeg"];

const NUMBERS: Record<string, string> = { minimum: "minval", maximum: "maxval", deviation: "stddev" };

function initializerTo({ name, seed: _, ...numbers }: InitializerConfig & { seed?: unknown }): object {
  const value = (own: unknown): unknown => (typeof own === "string" ? snake(own) : own);
  return keras(
    "keras.initializers",
    there(name),
    renamed(numbers, key => NUMBERS[key] ?? key, value),
  );
}

/** @param old whether it is for a program that knows no regularizer but L1L2 */
function ruleTo(key: string, value: unknown, what: string, old: boolean): object {
  const { name, options } = value as { name: string; options: Json };
  if (!RULES.includes(name))
    refuse(`${what} ${key}: Keras has none of the name ${shown(name)}; leave it out of what is saved`);
  const isConstraint = key.endsWith("Constraint");
  const group = isConstraint ? "constraints" : "regularizers";
  return keras(`keras.${group}`, old && !isConstraint ? "L1L2" : there(name), renamed(options, snake));
}

function optionTo(key: string, value: unknown, what: string, anySlope: boolean): unknown {
  if (key.endsWith("Initializer")) return initializerTo(value as InitializerConfig);
  if (RULE.test(key)) return ruleTo(key, value, what, anySlope);
  if (!/activation$/i.test(key)) return value;
  if (typeof value === "string") return snake(value);
  const { name, slope = HARD_SLOPE, offset = 0.5 } = value as Numbered;
  if (name !== "hardSigmoid")
    refuse(`${what} ${key}: Keras has no name for ${shown(value)}; elu and leakyRelu are layers`);
  if (anySlope) return value;
  // A hard sigmoid with numbers of its own; those of Keras 3 have a name.
  if (Math.abs(slope - HARD_SLOPE) < 1e-7 && offset === 0.5) return "hard_sigmoid";
  return refuse(`${what} ${key}: Keras' hard sigmoid has slope 1/6 and offset 0.5, got ${slope} and ${offset}`);
}

interface Numbered {
  name: string;
  slope?: number;
  offset?: number;
}

/** Activations that are layers of Keras' where they have numbers of their own. */
const CLASSES: Record<string, string> = { elu: "ELU", leakyRelu: "LeakyReLU" };

/** An object of Keras' as JSON. */
export const keras = (module: string, className: string, config: object): Json => ({
  module,
  class_name: className,
  config,
});

/** A layer as Keras' JSON has it, without its calls. */
export function layerTo({ kind, name, options }: LayerConfig, anySlope = false): Json {
  const what = `layer "${name}" (${kind})`;
  if (!isShared(kind))
    refuse(`${what}: Keras has no such layer; predict with it here, or leave it out of what is saved`);
  const own = JSON.parse(JSON.stringify(options)) as Json; // rules and activations too
  const config: Record<string, unknown> = { name, dtype: "float32" };
  const { name: which, ...numbers } = Object(own.activation) as Numbered;
  if (kind === "activation" && Object.hasOwn(CLASSES, which))
    return keras("keras.layers", CLASSES[which], { ...config, ...renamed(numbers, snake) });
  if (own.trainable === false && kind !== "spatialDropout1D") config.trainable = false; // which that class does not take
  for (const [key, value] of Object.entries(own)) {
    if (SILENT.has(key)) continue;
    if (!Object.hasOwn(OWN, key)) config[snake(key)] = optionTo(key, value, what, anySlope);
    else if (key === "lazy" && value === true)
      warnOnce(`saveKeras: ${what} lazy: in Keras, training changes all rows of a table, also those that do not occur`);
    else if (shown(value) !== shown(OWN[key])) refuse(`${what} ${key}: Keras has no such option, got ${shown(value)}`);
  }
  const inner = own.layer as LayerConfig | undefined;
  if (inner) {
    config.layer = layerTo({ ...inner, name: `${name}_inner` }, anySlope);
    if (kind === "bidirectional" && (inner.options as Json).goBackwards === true)
      config.backward_layer = layerTo(
        { ...inner, name: `${name}_ahead`, options: { ...inner.options, goBackwards: false } },
        anySlope,
      );
  }
  return keras("keras.layers", there(kind), config);
}

/** The arguments of a call that are options here. */
export function callOptions({ options }: LayerConfig): Json {
  const { useCausalMask, returnAttentionScores } = options as Json;
  return renamed({ useCausalMask, returnAttentionScores }, snake, value => value || undefined);
}
