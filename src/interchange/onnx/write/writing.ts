/** What a layer gets to write itself with, and what it refuses with. */
import { HARD_SLOPE } from "../../../activations.ts";
import type { Layer, SymbolicTensor } from "../../../layer/layer.ts";
import type { Attribute, Graph } from "./graph.ts";

export interface Writing {
  graph: Graph;
  layer: Layer;
  /** Names of its inputs and what they are */
  inputs: readonly string[];
  symbols: readonly SymbolicTensor[];
  outputs: readonly SymbolicTensor[];
  /** A weight by its name in the layer, or in another one of the model */
  weight(name: string, of?: Layer): { shape: readonly number[]; data: Float32Array };
  has(name: string): boolean;
  /** The input of lengths, if there is one */
  lengths: string | undefined;
}

/** Writes a layer, and gives the names of its outputs. */
export type Writer = (writing: Writing) => string[];

export type Options = Readonly<Record<string, unknown>>;
export const optionsOf = ({ options }: Layer): Options => options as unknown as Options;

export function refuse(layer: Layer, problem: string): never {
  throw new RangeError(`layer "${layer.name}": ${problem}`);
}

/** A weight as it is. */
export function constant({ graph, layer, weight }: Writing, name: string, of?: Layer): string {
  const { shape, data } = weight(name, of);
  return graph.constant(`${(of ?? layer).name}/${name}`, shape, () => data);
}

export const ACTIVATIONS: Readonly<Record<string, readonly [op: string, Readonly<Record<string, Attribute>>?]>> = {
  relu: ["Relu"],
  tanh: ["Tanh"],
  sigmoid: ["Sigmoid"],
  hardSigmoid: ["HardSigmoid", { alpha: { float: HARD_SLOPE }, beta: { float: 0.5 } }],
  softplus: ["Softplus"],
  softsign: ["Softsign"],
  elu: ["Elu"],
  selu: ["Selu"],
  leakyRelu: ["LeakyRelu", { alpha: { float: 0.2 } }],
  exponential: ["Exp"],
  softmax: ["Softmax", { axis: -1 }],
  celu: ["Celu"],
  hardSilu: ["HardSwish"],
  logSoftmax: ["LogSoftmax", { axis: -1 }],
};

type Node = (op: string, ...inputs: (string | number)[]) => string;

/** Those that ONNX has not, or not in version 17 of its operators. */
export const COMPOSED: Readonly<Record<string, (node: Node, x: string) => string>> = {
  gelu: (node, x) => node("Mul", node("Mul", x, 0.5), node("Add", node("Erf", node("Mul", x, Math.SQRT1_2)), 1)),
  logSigmoid: (node, x) => node("Neg", node("Softplus", node("Neg", x))),
  mish: (node, x) => node("Mul", x, node("Tanh", node("Softplus", x))),
  relu6: (node, x) => node("Min", node("Relu", x), 6),
  silu: (node, x) => node("Mul", x, node("Sigmoid", x)),
  tanhGelu: (node, x) => {
    const cube = node("Mul", node("Mul", x, x), node("Mul", x, 0.044715));
    const inner = node("Mul", node("Add", x, cube), Math.sqrt(2 / Math.PI));
    return node("Mul", node("Mul", x, 0.5), node("Add", node("Tanh", inner), 1));
  },
};

/** An activation as layers have it, or an op with its options. */
export function activated({ graph, layer }: Writing, x: string, given: unknown): string {
  const made = JSON.parse(JSON.stringify(given)) as string | { name: string };
  const { name, ...own } = (typeof made === "string" ? { name: made } : made) as Readonly<Record<string, unknown>> & {
    name: string;
  };
  if (name === "linear") return x;
  const title = `${layer.name}/${name}`;
  const node: Node = (op, ...inputs) =>
    graph.node(
      op,
      inputs.map(input => (typeof input === "number" ? graph.number(input) : input)),
      title,
    );
  const compose = COMPOSED[own.approximate ? "tanhGelu" : name];
  if (compose) return compose(node, x);
  const [op, attributes] = ACTIVATIONS[name] ?? refuse(layer, `${name} is not written as ONNX`);
  const numbers = Object.entries(own).map(([key, value]) => [key === "offset" ? "beta" : "alpha", { float: value }]);
  return graph.node(op, [x], title, { ...attributes, ...Object.fromEntries(numbers) });
}
