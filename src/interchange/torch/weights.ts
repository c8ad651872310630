/** Weights of PyTorch's modules into a model's layers, and back. */

import { describe } from "../../describe.ts";
import { encodeSafetensors, type NamedTensor } from "../../formats/safetensors.ts";
import type { NamedSpec } from "../../graph/plan.ts";
import { isRecord } from "../../isObject.ts";
import type { Layer } from "../../layer/layer.ts";
import { Model } from "../../models/model.ts";
import { checked, type Input, option, optional, options } from "../../options.ts";
import type { Bytes } from "../../typedArray.ts";
import { reading } from "../imported.ts";
import { counterpartOf } from "./counterparts.ts";
import { matched, refuseName, type Wanted } from "./match.ts";
import { modulesOf } from "./modules.ts";
import { plain } from "./pickle.ts";
import { readStateDict } from "./stateDict.ts";

/** Modules by the names of layers. */
export type TorchNames = Readonly<Record<string, string>>;

const OPTIONS = options({
  /**
   * The module of each layer, by the layer's name: "fc", or "encoder.rnn_l1" for one layer of a stack
   */
  names: optional(
    option<TorchNames>((value, what) => {
      if (isRecord(value)) {
        const wrong = Object.entries(value).find(([, name]) => typeof name !== "string");
        if (!wrong) return value as TorchNames;
        throw new TypeError(`${what} ${wrong[0]}: expected the name of a module, got ${describe(wrong[1])}`);
      }
      throw new TypeError(`${what}: expected an object of names, such as { lstm: "rnn_l0" }, got ${describe(value)}`);
    }),
  ),
});

export interface TorchOptions extends Input<typeof OPTIONS> {}

/** The layers that have weights, each with these. */
function weighted(net: Model): Map<Layer, NamedSpec[]> {
  const found = new Map<Layer, NamedSpec[]>();
  for (const spec of net.network.plan.specs) found.set(spec.layer, [...(found.get(spec.layer) ?? []), spec]);
  return found;
}

/** Refuses names of layers that the model has not, or that have no weights. */
function expectLayers(names: TorchNames, all: ReadonlyMap<Layer, unknown>): void {
  const known = [...all.keys()].map(({ name }) => name);
  for (const name of Object.keys(names))
    if (!known.includes(name)) refuseName("names: there is no layer with weights", name, known);
}

function expectModel(net: unknown, caller: string): asserts net is Model {
  if (!(net instanceof Model)) throw new TypeError(`${caller}: expected a model, got ${describe(net)}`);
}

/**
 * Gives a model the weights of PyTorch's modules: gates, matrices and biases are put in the order that they have here. The state dict
 * tells neither activations nor epsilons; docs/from-pytorch.md lists what to set.
 *
 * @param bytes of a `.safetensors` file, or of the `.pt` or `.pth` file of a state dict; nothing in it is executed
 * @param options `names`: which module each layer is; only those layers are loaded then. Without it every layer and every module must
 *   find each other, by names that are the same, else by shapes, and among equal shapes by their order
 * @returns the module that each layer got
 * @throws TypeError or RangeError for a bad file, and where layers and modules do not go together; then nothing has changed
 * @example
 * const net = sequential([...torchLSTM({ inputSize: 8, hiddenSize: 16, numLayers: 2 }), layers.dense({ units: 3 })]);
 * loadTorchWeights(net, await readFile("model.pt"));
 */
export function loadTorchWeights(net: Model, bytes: Uint8Array, options: TorchOptions = {}): Record<string, string> {
  const caller = "loadTorchWeights";
  expectModel(net, caller);
  const { names } = checked(options, caller, OPTIONS);
  return reading(caller, bytes, own => {
    const { tensors, ordered } = readStateDict(own);
    const layers = weighted(net);
    expectLayers(names ?? {}, layers);
    const all = [...layers].filter(([{ name }]) => !names || Object.hasOwn(names, name));
    const wanted = all.map(
      ([layer, specs]): Wanted => ({ name: layer.name, counterpart: counterpartOf(layer, specs) }),
    );
    const pairs = matched(wanted, modulesOf(tensors), ordered, names);
    const read = new Map<string, Float32Array>();
    for (const [{ name, counterpart }, { labels, parameters }] of pairs) {
      const numbers = new Map(
        [...parameters].map(([key, tensor]) => [key, tensor.numbers(plain(`${labels[0]} ${key}`))]),
      );
      for (const [weight, data] of counterpart.read(numbers)) read.set(`${name}/${weight}`, data);
    }
    const now = net.getWeights();
    const { specs } = net.network.plan;
    net.setWeights(specs.map(({ path, shape }, i) => ({ shape: [...shape], data: read.get(path) ?? now[i].data })));
    return Object.fromEntries([...pairs].map(([{ name }, { labels }]) => [name, labels[0]]));
  });
}

/** The module of a layer, and which layer of a stack it is: rnn_l1 is layer 1 of rnn. */
function placeOf(name: string, stacked: boolean): [module: string, end: string] {
  if (!stacked) return [name, ""];
  const [, module, layer] = /^(.*)_l(\d{1,3})$/.exec(name) ?? [undefined, name, "0"];
  return [module, `_l${layer}`];
}

/**
 * A model's weights as PyTorch's modules have them, in a safetensors file: `model.load_state_dict(safetensors.torch.load_file(path))`.
 * Of the two biases of an LSTM or RNN the second is 0.
 *
 * @param options `names`: which module each layer is; default the layer's own name, where `rnn_l1` is layer 1 of a stack `rnn`
 * @throws TypeError or RangeError for a layer, or an option, that PyTorch has not
 * @example await writeFile("model.safetensors", saveTorchWeights(net, { names: { lstm: "encoder.rnn_l0", dense: "head" } }));
 */
export function saveTorchWeights(net: Model, options: TorchOptions = {}): Bytes {
  const caller = "saveTorchWeights";
  expectModel(net, caller);
  const { names = {} } = checked(options, caller, OPTIONS);
  try {
    return encodeSafetensors(tensorsOf(net, names), { format: "pt" });
  } catch (error) {
    throw new RangeError(`${caller}: ${(error as Error).message}`, { cause: error });
  }
}

function tensorsOf(net: Model, names: TorchNames): NamedTensor[] {
  const all = weighted(net);
  expectLayers(names, all);
  const { network } = net;
  const numbers = new Map(network.plan.specs.map(({ path }, i) => [path, network.numbersOf(network.weights[i])]));
  const tensors = new Map<string, NamedTensor>();
  for (const [layer, specs] of all) {
    const { stacked, parameters, write } = counterpartOf(layer, specs);
    const [module, end] = placeOf(Object.hasOwn(names, layer.name) ? names[layer.name] : layer.name, stacked);
    const made = write(new Map(specs.map(({ name, path }) => [name, numbers.get(path) as Float32Array])));
    for (const { name, shape } of parameters) {
      const [, plain, reverse = ""] = (stacked && /^(.*?)(_reverse)?$/.exec(name)) || [undefined, name];
      const whole = `${module === "" ? "" : `${module}.`}${plain}${end}${reverse}`;
      if (tensors.has(whole)) {
        throw new RangeError(
          `two layers are to be ${describe(whole)} in PyTorch; give each a module of its own by names`,
        );
      }
      tensors.set(whole, { name: whole, shape, data: made.get(name) as Float32Array });
    }
  }
  return [...tensors.values()];
}
