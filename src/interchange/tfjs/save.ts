/** Models for TensorFlow.js: model.json, and the bytes of its weights. */
import { isRecord } from "../../isObject.ts";
import type { LayerConfig } from "../../layer/layer.ts";
import type { Model } from "../../models/model.ts";
import { type Bytes, joined } from "../../typedArray.ts";
import { within } from "../imported.ts";
import { type Json, refuse, shown } from "../keras/json.ts";
import { snake } from "../keras/names.ts";
import { forOthers } from "../keras/save.ts";
import { graphTo } from "../keras/writeGraph.ts";

/** What TensorFlow.js writes into two files. */
export interface TfjsModel {
  /** What is in model.json; its manifest calls the weights "weights.bin" */
  modelJson: Json;
  /** What is in weights.bin */
  weights: Bytes;
}

/** Layers of Keras' that TensorFlow.js has not. */
const WITHOUT = new Set(
  "attention additiveAttention multiHeadAttention subtract zeroPadding1D cropping1D upSampling1D".split(" "),
);
const ACTIVATIONS = new Set(
  "elu selu relu linear sigmoid softplus softsign tanh softmax relu6 gelu log_softmax mish silu".split(" "),
);

/** Options of layers as TensorFlow.js has them, or alone can have. */
function layerFor(what: string, { class_name, config, ...rest }: Json): Json {
  const { dtype: _, layer, batch_shape: shape, ...own } = config as Json;
  const given: [string, unknown][] = [];
  for (const [key, value] of Object.entries(own)) {
    if (key.endsWith("activation") && !ACTIVATIONS.has(value as string)) {
      if (!isSteep(value))
        refuse(`${what} ${key}: TensorFlow.js has no ${shown(value)}${isRecord(value) ? " of these numbers" : ""}`);
      given.push([key, "hard_sigmoid"]);
    } else if (key.endsWith("activation") && value === "silu") given.push([key, "swish"]);
    else if (key === "negative_slope") given.push(["alpha", value]);
    else if (isRecord(value) && key.endsWith("initializer")) {
      const name = (value.class_name as string).replace("Lecun", "LeCun");
      given.push([key, { class_name: name, config: value.config }]);
    } else if (key === "reset_after" && value !== false)
      refuse(`${what} resetAfter: TensorFlow.js has false alone, got true`);
    else if (key === "keepdims" && value !== false) refuse(`${what} keepdims: TensorFlow.js has false alone, got true`);
    else if (key === "merge_mode" && value === null) refuse(`${what} mergeMode: TensorFlow.js reads no null`);
    else if (value === "causal") refuse(`${what} padding: TensorFlow.js has no "causal"`);
    else if (!["zero_output_for_mask", "reset_after", "keepdims", "backward_layer"].includes(key))
      given.push([key, value]);
  }
  if (class_name === "GRU") given.push(["reset_after", false]);
  if (isRecord(layer)) given.push(["layer", layerFor(what, layer)]);
  if (shape) given.push(["batch_input_shape", shape], ["dtype", (config as Json).dtype], ["sparse", false]);
  const { inbound_nodes: nodes, name } = rest;
  return {
    class_name,
    config: Object.fromEntries(given),
    ...(name ? { name } : {}),
    ...(Array.isArray(nodes) ? { inbound_nodes: nodes.map(node => callFor(what, node as Json)) } : {}),
  };
}

/** A hard sigmoid of TensorFlow.js' numbers. */
const isSteep = (value: unknown): boolean =>
  isRecord(value) && Math.abs(Number(value.slope) - 0.2) < 1e-7 && (value.offset ?? 0.5) === 0.5;

/** A call as a list of tensors, each a list. */
function callFor(what: string, { args, kwargs }: Json): unknown[] {
  const { initial_state: states = [], ...more } = kwargs as Json;
  if (Object.keys(more).length > 0) refuse(`${what}: TensorFlow.js has no calls with ${Object.keys(more).join(", ")}`);
  return [args, states].flat(9).map(tensor => [...(((tensor as Json).config as Json).keras_history as unknown[]), {}]);
}

/**
 * A model as TensorFlow.js reads it: `tf.loadLayersModel` of these two files. What TensorFlow.js has not is an error that names it;
 * of training nothing is saved.
 *
 * @param net the model
 * @returns what belongs into model.json, and into weights.bin beside it
 * @throws RangeError for layers and options that TensorFlow.js has not
 * @example const { modelJson, weights } = saveTfjs(net);
 *   await writeFile("model.json", JSON.stringify(modelJson)); await writeFile("weights.bin", weights);
 */
export function saveTfjs(net: Model): TfjsModel {
  return within("saveTfjs", () => {
    const blueprint = forOthers(net, false, "saveTfjs");
    const { plan } = net.network;
    const configs = plan.layers.map(layer => layer.toJSON());
    expectKnown(
      configs,
      plan.nodes.map(({ layer, inputs }) => (layer?.kind === "bidirectional" ? inputs.length : 1)),
    );
    const { class_name: className, config } = graphTo(plan, true);
    const { layers, ...own } = config as Json;
    const model = {
      class_name: className === "Functional" ? "Model" : className,
      config: {
        ...own,
        layers: (layers as Json[]).map(layer =>
          layerFor(`layer ${shown((layer.config as Json).name)} (${layer.class_name})`, layer),
        ),
      },
    };
    const entries = plan.specs.map(({ path, layer, shape }) => {
      const name = nameFor(path.slice(layer.name.length + 1), layer.name, layer.kind);
      return {
        name,
        shape: [...shape],
        dtype: "float32",
        data: blueprint.weights.get(path)?.data ?? new Float32Array(),
      };
    });
    const weights = joined(entries.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
    const modelJson = {
      format: "layers-model",
      generatedBy: "wasm-lstm",
      convertedBy: null,
      modelTopology: { ...model, keras_version: "tfjs-layers 4.22.0", backend: "tensor_flow.js" },
      weightsManifest: [{ paths: ["weights.bin"], weights: entries.map(({ data: _, ...entry }) => entry) }],
    };
    return { modelJson, weights };
  });
}

/** A weight's name in TensorFlow.js: "lstm/recurrent_kernel", "bidirectional/forward_bidirectional_inner/kernel". */
function nameFor(weight: string, layer: string, kind: string): string {
  const own = snake(weight);
  return kind === "bidirectional" ? `${layer}/${own.replace("/", `_${layer}_inner/`)}` : `${layer}/${own}`;
}

/** Refuses what no option says. */
function expectKnown(configs: readonly LayerConfig[], inputs: readonly number[]): void {
  const masks = configs.some(({ kind, options }) => kind === "masking" || (options as Json).maskZero === true);
  for (const { kind, name, options } of configs) {
    const what = `layer "${name}" (${kind})`;
    if (WITHOUT.has(kind)) refuse(`${what}: TensorFlow.js has no such layer`);
    const inner = (options as { layer?: LayerConfig }).layer;
    if (inner && WITHOUT.has(inner.kind)) refuse(`${what}: TensorFlow.js has no such layer as ${inner.kind}`);
    const zero = ((inner?.options ?? options) as Json).zeroOutputForMask;
    if (zero && masks)
      refuse(`${what} zeroOutputForMask: TensorFlow.js repeats the output before at hidden steps, got true`);
  }
  if (inputs.some(count => count > 1))
    refuse("bidirectional: TensorFlow.js takes no initial states for both directions");
}
