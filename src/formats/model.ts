/** Models as files: weights and optimizer state as tensors, everything else as JSON in the metadata. */

import { scalerFromJSON } from "../data/index.ts";
import { expectBoolean, expectInteger, expectOptions, showShape } from "../expect.ts";
import { expectInnerShape, type LayerConfig } from "../layers/layer.ts";
import { layerFrom } from "../layers/registry.ts";
import { lossFrom } from "../losses/registry.ts";
import { connect, inputNode, type SymbolicTensor } from "../models/graph.ts";
import { Model } from "../models/model.ts";
import { type NamedSpec, Plan } from "../models/network.ts";
import { describe, sizeOf } from "../ndarray.ts";
import { optimizerFrom } from "../optimizers/registry.ts";
import { type Container, decodeSafetensors, encodeSafetensors, type NamedTensor } from "./safetensors.ts";

export interface SaveOptions {
  /** Also the optimizer's state, so that training goes on to the same bits; default false */
  optimizer?: boolean;
}

/** A node of the graph: its layer's number, or the shape of an input; and where its inputs come from. */
interface NodeConfig {
  layer?: number;
  shape?: readonly (number | null)[];
  inputs?: [node: number, output: number][];
}

interface ModelConfig {
  seed: number;
  layers: LayerConfig[];
  nodes: NodeConfig[];
  inputs: number[];
  outputs: [node: number, output: number][];
  scaling: { input?: unknown; target?: unknown };
  compile?: { optimizer: NamedOptions; losses: NamedOptions[]; metrics: string[] };
  progress: { step: number; epoch: number };
  metadata: Record<string, unknown>;
}

interface NamedOptions {
  name: string;
  options: object;
}

const FORMAT = "wasm-lstm/1";

/** See `Model.save`. */
export function saveModel(model: Model, options: SaveOptions): Uint8Array<ArrayBuffer> {
  expectOptions(options, ["optimizer"], "save");
  const withOptimizer = expectBoolean(options.optimizer ?? false, "save optimizer");
  const { network, trainer, scaling } = model;
  if (withOptimizer && !trainer) {
    throw new Error("save: the model has no optimizer whose state could be saved; call compile() first");
  }
  const { plan, engine } = network;
  const reference = (symbol: SymbolicTensor): [number, number] => [plan.nodes.indexOf(symbol.node), symbol.index];
  const config: ModelConfig = {
    seed: network.seed,
    layers: plan.layers.map(layer => layer.toJSON()),
    nodes: plan.nodes.map(({ layer, inputs, outputs }) =>
      layer ? { layer: plan.layers.indexOf(layer), inputs: inputs.map(reference) } : { shape: outputs[0].shape },
    ),
    inputs: plan.inputs.map(symbol => reference(symbol)[0]),
    outputs: plan.outputs.map(reference),
    scaling: { input: scaling.input?.toJSON(), target: scaling.target?.toJSON() },
    compile: trainer && {
      optimizer: { name: trainer.optimizer.name, options: trainer.optimizer.toJSON() },
      losses: trainer.losses.map(loss => loss.toJSON()),
      metrics: [...trainer.metricNames],
    },
    progress: { step: network.step, epoch: network.epoch },
    metadata: model.metadata,
  };
  const tensors: NamedTensor[] = plan.specs.map(({ path, shape }, i) => ({
    name: path,
    shape,
    data: network.numbersOf(network.weights[i]),
  }));
  if (withOptimizer && trainer) {
    trainer.optimizer.slots.forEach((slot, s) => {
      plan.specs.forEach(({ path, shape }, i) => {
        const from = (trainer.slots[s] + network.weights[i].pointer - network.parameters) >> 2;
        tensors.push({
          name: `optimizer/${slot}/${path}`,
          shape,
          data: engine.memory.floats.subarray(from, from + sizeOf(shape)),
        });
      });
    });
  }
  return encodeSafetensors(tensors, { format: FORMAT, model: JSON.stringify(config) });
}

function bad(problem: string): never {
  throw new RangeError(`model file: ${problem}; it was not written by this package, or was changed since`);
}

function parseConfig({ metadata }: Container): ModelConfig {
  if (metadata.format !== FORMAT) {
    throw new RangeError(
      `model file: expected a model saved by wasm-lstm (format "${FORMAT}"), got ${describe(metadata.format)}; ` +
        "weights of other programs have no architecture that could be read",
    );
  }
  try {
    const config = JSON.parse(metadata.model);
    if (typeof config === "object" && config !== null) return config;
  } catch {}
  return bad("its architecture is not JSON");
}

function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) bad(`${what} is not a list`);
  return value;
}

/** The graph again, from untrusted JSON. */
function planFrom(config: ModelConfig): Plan {
  const layers = list(config.layers, "layers").map(layer => layerFrom(layer));
  const symbols: SymbolicTensor[][] = [];
  const symbolAt = (reference: unknown): SymbolicTensor => {
    const [node, output] = list(reference, "a connection") as [number, number];
    return symbols[node]?.[output] ?? bad(`a connection leads to ${describe(node)}, ${describe(output)}`);
  };
  for (const value of list(config.nodes, "nodes")) {
    const node = (value ?? {}) as NodeConfig;
    if (node.layer === undefined) {
      symbols.push([inputNode(expectInnerShape(node.shape, "model file: input shape"))]);
    } else {
      const layer = layers[node.layer] ?? bad(`a node uses layer ${describe(node.layer)}`);
      symbols.push(connect(layer, list(node.inputs, "inputs of a node").map(symbolAt)));
    }
  }
  const inputs = list(config.inputs, "inputs").map(node => symbolAt([node, 0]));
  return new Plan(inputs, list(config.outputs, "outputs").map(symbolAt));
}

/** The numbers of a tensor, whose shape must be the one the architecture asks for. */
function take({ tensors }: Container, name: string, { shape }: NamedSpec): Float32Array {
  const tensor = tensors.get(name) ?? bad(`it has no tensor "${name}"`);
  if (tensor.shape.join() !== shape.join()) {
    bad(`tensor "${name}" should be ${showShape(shape)} and is ${showShape(tensor.shape)}`);
  }
  return tensor.data;
}

/**
 * A model from the bytes of a file that `save` made. It is compiled if the saved model was, and goes on training to
 * the same bits if it was saved with `{ optimizer: true }`.
 *
 * @throws TypeError or RangeError with one clear sentence for a bad file
 * @example const net = loadModel(await readFile("model.safetensors"));
 */
export function loadModel(bytes: Uint8Array): Model {
  const container = decodeSafetensors(bytes);
  const config = parseConfig(container);
  const plan = planFrom(config);
  // Every size the architecture claims is compared with the file before the engine takes memory for it.
  const loaded = plan.specs.map(spec => take(container, spec.path, spec));
  const model = new Model(plan, expectInteger(config.seed, "model file: seed", 0), loaded);
  const { network } = model;
  network.step = expectInteger(config.progress?.step, "model file: step", 0);
  network.epoch = expectInteger(config.progress?.epoch, "model file: epoch", 0);
  const { input, target } = config.scaling ?? {};
  model.setScaling({
    ...(input ? { input: scalerFromJSON(input) } : {}),
    ...(target ? { target: scalerFromJSON(target) } : {}),
  });
  if (typeof config.metadata === "object" && config.metadata !== null) model.metadata = config.metadata;
  if (config.compile) restoreTraining(model, container, config.compile);
  return model;
}

function restoreTraining(model: Model, container: Container, compile: NonNullable<ModelConfig["compile"]>): void {
  const { optimizer, losses, metrics } = compile;
  model.compile({
    optimizer: optimizerFrom(optimizer?.name, optimizer?.options ?? {}),
    loss: list(losses, "losses").map(loss =>
      lossFrom((loss as NamedOptions)?.name, (loss as NamedOptions)?.options ?? {}),
    ),
    metrics: list(metrics, "metrics") as string[],
  });
  const { network, trainer } = model;
  if (!trainer || ![...container.tensors.keys()].some(name => name.startsWith("optimizer/"))) return;
  trainer.optimizer.slots.forEach((slot, s) => {
    network.plan.specs.forEach((spec, i) => {
      const to = (trainer.slots[s] + network.weights[i].pointer - network.parameters) >> 2;
      network.engine.memory.floats.set(take(container, `optimizer/${slot}/${spec.path}`, spec), to);
    });
  });
}
