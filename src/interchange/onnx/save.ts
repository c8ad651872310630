/** Models as ONNX files. */
import { describe } from "../../describe.ts";
import type { SymbolicTensor } from "../../layer/layer.ts";
import { Model } from "../../models/model.ts";
import { boolean, checked, type Input, optional, options } from "../../options.ts";
import type { Bytes } from "../../typedArray.ts";
import { Graph } from "./write/graph.ts";
import { writeLayer } from "./write/layers.ts";

const OPTIONS = options({
  /**
   * An input `lengths`, int32 [N], of how many steps of each sequence are real, which all recurrent operators read: for models that
   * predict with `{ x, lengths }` or with `maskZero` and padding at the end. Steps of padding put out 0. Default false
   */
  lengths: optional(boolean, false),
});

export interface OnnxSaveOptions extends Input<typeof OPTIONS> {}

/**
 * A model as the bytes of an ONNX file: recurrent layers are the operators LSTM, GRU and RNN, batch and steps are of any size, version 17 of
 * the operators. Inputs are `x`, or `x0`, `x1`, …, with the batch first, ids int32; outputs `y`, or `y0`, `y1`, ….
 *
 * @param options see {@link OnnxSaveOptions}
 * @throws RangeError with the layer and the option that ONNX has not
 * @example await writeFile("model.onnx", saveOnnx(net));
 */
export function saveOnnx(net: Model, options: OnnxSaveOptions = {}): Bytes {
  const caller = "saveOnnx";
  if (!(net instanceof Model)) throw new TypeError(`${caller}: expected a model, got ${describe(net)}`);
  const { lengths } = checked(options, caller, OPTIONS);
  try {
    return graphOf(net, lengths).finish();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new RangeError(`${caller}: ${error.message}`, { cause: error });
  }
}

const numbered = (name: string, i: number, all: readonly unknown[]): string =>
  all.length === 1 ? name : `${name}${i}`;

function graphOf(net: Model, withLengths: boolean): Graph {
  const { network, slots, scaling } = net;
  if (scaling.input || scaling.target) {
    throw new RangeError(
      "the model has scalers, which ONNX has not; take them away with setScaling({}), and scale before and after",
    );
  }
  const { plan } = network;
  const graph = new Graph();
  const names = new Map<SymbolicTensor, string>();
  for (const [i, symbol] of plan.inputs.entries()) {
    names.set(
      symbol,
      graph.input(numbered("x", i, plan.inputs), symbol.shape, slots[i].ids ?? false, i === 0 ? "T" : `T${i}`),
    );
  }
  const lengths = withLengths ? graph.input("lengths", [], true, "") : undefined;
  const numbers = new Map(
    plan.specs.map(({ layer, name, shape }, i) => [
      `${plan.layers.indexOf(layer)}/${name}`,
      { shape, data: network.numbersOf(network.weights[i]) },
    ]),
  );
  for (const { layer, inputs, outputs } of plan.nodes) {
    if (!layer) continue;
    const key = (name: string, of = layer) => `${plan.layers.indexOf(of)}/${name}`;
    const made = writeLayer({
      graph,
      layer,
      inputs: inputs.map(symbol => names.get(symbol) as string),
      symbols: inputs,
      outputs,
      weight: (name, of) => numbers.get(key(name, of)) as { shape: readonly number[]; data: Float32Array },
      has: name => numbers.has(key(name)),
      lengths,
    });
    for (const [i, symbol] of outputs.entries()) names.set(symbol, made[i]);
  }
  for (const [i, symbol] of plan.outputs.entries()) {
    graph.output(numbered("y", i, plan.outputs), names.get(symbol) as string, symbol);
  }
  return graph;
}
