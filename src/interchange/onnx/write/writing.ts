/** What a layer gets to write itself with, and what it refuses with. */
import type { ActivationName, HardSigmoid } from "../../../activations.ts";
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

const ACTIVATIONS: Readonly<
  Record<Exclude<ActivationName | "softmax", "linear">, readonly [string, Readonly<Record<string, Attribute>>?]>
> = {
  relu: ["Relu"],
  tanh: ["Tanh"],
  sigmoid: ["Sigmoid"],
  hardSigmoid: ["HardSigmoid", { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }],
  softplus: ["Softplus"],
  softsign: ["Softsign"],
  elu: ["Elu"],
  selu: ["Selu"],
  leakyRelu: ["LeakyRelu", { alpha: { float: 0.2 } }],
  exponential: ["Exp"],
  softmax: ["Softmax", { axis: -1 }],
};

export function activated({ graph, layer }: Writing, x: string, activation: unknown): string {
  if (activation === "linear" || activation === undefined) return x;
  if (typeof activation === "object") {
    const { slope = 1 / 6, offset = 0.5 } = activation as HardSigmoid;
    const numbers = { alpha: { float: slope }, beta: { float: offset } };
    return graph.node("HardSigmoid", [x], `${layer.name}/hardSigmoid`, numbers);
  }
  const known =
    ACTIVATIONS[activation as keyof typeof ACTIVATIONS] ??
    refuse(layer, `the activation ${String(activation)} is not one of ONNX`);
  return graph.node(known[0], [x], `${layer.name}/${String(activation)}`, known[1]);
}
