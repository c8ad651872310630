/** A model's graph as Keras' architecture: Sequential where layers follow one another, else functional. */
import { Names } from "../../graph/names.ts";
import type { Source } from "../../graph/order.ts";
import type { Plan } from "../../graph/plan.ts";
import { Layer, type Node, type SymbolicTensor } from "../../layer/layer.ts";
import type { Json } from "./json.ts";
import { hides } from "./turned.ts";
import { callOptions, keras, layerTo } from "./writeLayer.ts";

const RECURRENT = ["lstm", "gru", "simpleRNN", "bidirectional"];
/** Layers that take a list of tensors. */
const LISTS = [
  "concatenate",
  "add",
  "subtract",
  "multiply",
  "average",
  "maximum",
  "minimum",
  "attention",
  "additiveAttention",
];

/** Whether the layers follow one another. */
function isChain({ nodes, inputs, outputs }: Plan): boolean {
  return (
    inputs.length === 1 &&
    outputs.length === 1 &&
    outputs[0] === nodes[nodes.length - 1].outputs[0] &&
    new Set(nodes.map(({ layer }) => layer)).size === nodes.length &&
    nodes.every(({ layer, inputs: read, outputs: made }, i) => {
      if (i === 0) return layer === undefined;
      const plain = layer && !LISTS.includes(layer.kind);
      return (
        plain &&
        layer.kind !== "multiHeadAttention" &&
        read.length === 1 &&
        made.length === 1 &&
        read[0].node === nodes[i - 1]
      );
    })
  );
}

/** Names of the inputs, which no layer has. */
export function inputNames(plan: Plan): Map<Node, string> {
  const names = new Names(plan.layers.map(({ name }) => name));
  return new Map(plan.inputs.map(({ node }) => [node, names.add(node.name ?? "input_layer")]));
}

function inputTo(plan: Plan, node: Node, name: string): Json {
  const [symbol] = node.outputs;
  const batch_shape = [null, ...symbol.shape];
  return keras("keras.layers", "InputLayer", { batch_shape, dtype: dtypeOf(plan, symbol), name });
}

const dtypeOf = (plan: Plan, symbol: SymbolicTensor): string =>
  !symbol.node.layer && plan.readersOf(symbol).some(({ layer }) => layer?.inputs.ids) ? "int32" : "float32";

/** The arguments of a call. */
function callTo({ layer, inputs }: Node, tensorTo: (symbol: SymbolicTensor) => Json): Json {
  if (!layer) return {};
  const [first, ...others] = inputs.map(tensorTo);
  const kwargs: Record<string, unknown> = { ...callOptions(layer.toJSON()) };
  if (RECURRENT.includes(layer.kind)) {
    if (others.length > 0) kwargs.initial_state = others;
    return { args: [first], kwargs };
  }
  const attends = /attention$/i.test(layer.kind);
  const all = attends && others.length === 0 ? [first, first] : [first, ...others];
  return { args: LISTS.includes(layer.kind) ? [all] : all, kwargs };
}

/**
 * The architecture as JSON.
 *
 * @param anySlope whether a hard sigmoid may have other numbers than Keras 3's
 */
export function graphTo(plan: Plan, anySlope = false): Json {
  const names = inputNames(plan);
  const hidden = hides(plan.layers);
  const nameOf = (source: Source): string => {
    if (!(source instanceof Layer)) return names.get(source) as string;
    // Keras calls ops that join masks "concatenate", though a layer has the name.
    return hidden ? source.name.replace(/^concatenate(?=(_\d+)?$)/, "concatenation") : source.name;
  };
  if (isChain(plan)) {
    const [input] = names;
    const layers = [inputTo(plan, ...input), ...plan.layers.map(layer => layerTo(layer.toJSON(), anySlope))];
    return keras("keras", "Sequential", { name: "sequential", layers });
  }
  const tensorTo = (symbol: SymbolicTensor): Json => {
    const { node, index, shape } = symbol;
    const uses = node.layer ? plan.usesOf(node.layer).indexOf(node) : 0;
    const keras_history = [nameOf(node.layer ?? node), uses, index];
    const config = { shape: [null, ...shape], dtype: dtypeOf(plan, symbol), keras_history };
    return { class_name: "__keras_tensor__", config };
  };
  const end = (symbol: SymbolicTensor): unknown => (tensorTo(symbol).config as Json).keras_history;
  const layers = plan.sources.map(source => ({
    ...(source instanceof Layer
      ? layerTo({ ...source.toJSON(), name: nameOf(source) }, anySlope)
      : inputTo(plan, source, nameOf(source))),
    name: nameOf(source),
    inbound_nodes: source instanceof Layer ? plan.usesOf(source).map(node => callTo(node, tensorTo)) : [],
  }));
  return keras("keras.src.models.functional", "Functional", {
    name: "functional",
    layers,
    input_layers: plan.inputs.map(end),
    output_layers: plan.outputs.map(end),
  });
}
