/** A layer of Keras' as one of this package. */
import type { Activation } from "../../activations.ts";
import { type Layer, SymbolicTensor } from "../../layer/layer.ts";
import { layerFrom } from "../../layers/registry.ts";
import { warnOnce } from "../../warn.ts";
import { entryOf, inLayer, nameOf } from "./entry.ts";
import { type Json, refuse, shown } from "./json.ts";
import type { Masks } from "./masks.ts";
import { camel, here, isShared, renamed } from "./names.ts";
import { activationFrom, expectFloat32, initializerFrom, ruleFrom } from "./values.ts";

/** A layer with its options, and those of layers inside of it. */
interface Described {
  kind: string;
  options: Record<string, unknown>;
}

/** What a layer without weights may be here: an activation, another layer, or what it makes of its tensors; undefined where neither is there. */
export type Expressed = Activation | SymbolicTensor | Described | undefined;

/** @param rank axes of the first tensor, the batch among them */
export type Express = (config: Json, tensors: readonly SymbolicTensor[], rank: number) => Expressed;

/** Whether an axis, or a list of one, is the last. */
export const isLast = (axis: unknown, rank: number): boolean => ["-1", String(rank - 1)].includes(String(axis));

/** Who wrote the file: programs have other defaults, and other numbers under one name. */
export interface Origin {
  /** Whether hard_sigmoid is clip(x / 5 + 1 / 2): Keras 2 and TensorFlow.js */
  steepSigmoid: boolean;
  /** What a layer's options are where they are absent, if that is something else than here */
  defaults?: (className: string) => Json;
  /** Layers that are an activation, another layer, or a few ops here */
  classes: Readonly<Record<string, Express>>;
  /** How masks are said that are arguments; without it none may be */
  masks?: Masks;
  /** Whether regularizers and constraints that there are not here, which only training needs, are refused */
  trains: boolean;
}

/** Of a layer that there is not. */
export const NONE = "there is no such layer here; in Keras, make it of others (docs/from-keras.md)";

type Inputs = readonly SymbolicTensor[];

/** Axes of the first, the batch among them. */
const rankOf = ([{ shape }]: Inputs): number => shape.length + 1;

/** Options that change nothing: how a loop is done, what a layer is called, which numbers are random. */
const SILENT = new Set(
  (
    "name trainable dtype seed unroll implementation use_cudnn synchronized fused input_length batch_input_shape batch_shape " +
    "input_dtype renorm_momentum flash_attention autocast cell layer backward_layer num_constants"
  ).split(" "),
);

/** The only values that some options can have here. */
const ALONE: Json = {
  data_format: "channels_last",
  groups: 1,
  time_major: false,
  rms_scaling: false,
  renorm: false,
  use_gate: false,
  attention_axes: [1],
  sparse: false,
  ragged: false,
  optional: false,
};

/** Options with a number for each axis, of which there is one. */
const SINGLE = new Set(["kernel_size", "strides", "dilation_rate", "pool_size", "size", "output_shape"]);

const TRAINS = /_(regularizer|constraint)$/;

/** A layer's name, as names can be here. */
export function nameFrom(own: Json): string {
  const name = nameOf(own);
  const fitting = name.replace(/[^\w-]/g, "_").slice(0, 100) || "layer";
  if (fitting !== name)
    warnOnce(`layer ${shown(name)}: names have letters, digits, "_" and "-" here, so it is called "${fitting}"`);
  return fitting;
}

/** @param rank axes of its input, the batch among them */
function optionsFrom(
  className: string,
  config: Json,
  what: string,
  origin: Origin,
  rank: number,
): Record<string, unknown> {
  expectFloat32(config.dtype, what);
  const usual = origin.defaults?.(className) ?? {};
  const options = renamed(
    {
      ...config,
      ...renamed(
        usual,
        key => key,
        (own, key) => config[key] ?? own,
      ),
    },
    camel,
    (value, key) => {
      const option = `${what} ${key}`;
      if (SILENT.has(key) || (key === "axis" && isLast(value, rank))) return undefined;
      if (Object.hasOwn(ALONE, key)) {
        const [wanted, got] = [ALONE[key], value].map(shown);
        return got === wanted ? undefined : refuse(`${option}: expected ${wanted}, got ${got}`);
      }
      if (TRAINS.test(key)) return ruleFrom(key, value, option, origin.trains);
      if (key.endsWith("_initializer")) return initializerFrom(value, option);
      if (key.endsWith("activation")) {
        const name = activationFrom(value, option);
        return name === "hardSigmoid" && origin.steepSigmoid ? { name, slope: 0.2 } : name;
      }
      return SINGLE.has(key) && Array.isArray(value) && value.length === 1 ? value[0] : value;
    },
  );
  return config.merge_mode === null ? { ...options, mergeMode: null } : options;
}

function describeLayer(
  value: unknown,
  origin: Origin,
  more: Json,
  inputs: Inputs,
  rank = rankOf(inputs),
): Described | SymbolicTensor {
  let { className, own, title: what } = entryOf(value);
  const { registered_name: registered } = value as Json;
  if (typeof registered === "string" && registered.includes(">"))
    refuse(`${what}: it is a class of its author's own; a file holds no code`);
  if (Object.hasOwn(origin.classes, className)) {
    const { name: _, trainable: __, dtype, ...config } = own;
    expectFloat32(dtype, what);
    const made =
      origin.classes[className](own, inputs, rank) ??
      refuse(`${what}: there is none here with the options ${shown(config)}`);
    const isWhole = made instanceof SymbolicTensor || (typeof made === "object" && "kind" in made);
    return isWhole ? made : { kind: "activation", options: { activation: made } };
  }
  if (className === "RNN") {
    // A cell in a loop is what a layer of that cell is.
    const cell = entryOf(own.cell);
    className = cell.className.replace(/Cell$/, "");
    if (!["LSTM", "GRU", "SimpleRNN"].includes(className))
      refuse(`${what} cell: there is no ${shown(cell.className)} here`);
    own = { ...own, ...cell.own };
  }
  const kind = here(className);
  if (!isShared(kind)) refuse(`${what}: ${NONE}`);
  const options = { ...optionsFrom(className, own, what, origin, rank), ...more };
  if (own.trainable === false) options.trainable = false;
  if (kind !== "bidirectional" && kind !== "timeDistributed") return { kind, options };
  const inner = describeLayer(own.layer, origin, {}, inputs, kind === "timeDistributed" ? rank - 1 : rank);
  if (inner instanceof SymbolicTensor)
    return refuse(`${what} layer: there is no ${shown((own.layer as Json).class_name)} inside of a layer here`);
  if (kind === "bidirectional") expectSameBackwards(own, what, origin, inputs, inner.options);
  return { kind, options: { ...options, layer: { kind: inner.kind, name: "", options: inner.options } } };
}

/** Both directions have the same options, but for the direction. */
function expectSameBackwards(config: Json, what: string, origin: Origin, inputs: Inputs, ahead: Json): void {
  if (config.backward_layer === undefined || config.backward_layer === null) return;
  const { options } = describeLayer(config.backward_layer, origin, {}, inputs) as Described;
  for (const key of new Set([...Object.keys(ahead), ...Object.keys(options)])) {
    const [a, b] = [ahead, options].map(each => each[key]);
    const same = key === "goBackwards" ? Boolean(a) !== Boolean(b) : shown(a) === shown(b);
    if (!same) refuse(`${what} backward_layer: expected the ${key} of layer, ${shown(a)}, got ${shown(b)}`);
  }
}

/**
 * A layer as a file has it, or what becomes of its inputs without one.
 *
 * @param more options that Keras gives with the call
 * @throws RangeError that names the layer and what of it there is not here
 */
export function makeLayer(config: unknown, origin: Origin, more: Json, inputs: Inputs): Layer | SymbolicTensor {
  const found = describeLayer(config, origin, more, inputs);
  if (found instanceof SymbolicTensor) return found;
  return inLayer(config, () => layerFrom({ ...found, name: nameFrom(entryOf(config).own) }));
}
