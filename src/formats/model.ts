/** Models as files: weights and optimizer state as tensors, everything else as JSON in the metadata. */

import { expectBoolean, expectOptions, showShape } from "../expect.ts";
import type { Network } from "../models/network.ts";
import type { NamedSpec } from "../models/plan.ts";
import type { Scaling } from "../models/scaling.ts";
import { describe, sizeOf } from "../ndarray.ts";
import type { Trainer } from "../training/trainer.ts";
import { isTrained } from "../weight.ts";
import { type Architecture, architectureOf, bad } from "./architecture.ts";
import { type Container, encodeSafetensors, type NamedTensor } from "./safetensors.ts";

export interface SaveOptions {
  /** Also the optimizer's state, so that training goes on to the same bits; default false */
  optimizer?: boolean;
}

export interface ModelConfig extends Architecture {
  seed: number;
  scaling: { input?: unknown; target?: unknown };
  compile?: { optimizer: NamedOptions; losses: NamedOptions[]; metrics: string[] };
  progress: { step: number; epoch: number };
  metadata: Record<string, unknown>;
}

export interface NamedOptions {
  name: string;
  options: object;
}

const FORMAT = "wasm-lstm/1";

/** What a file is made from. */
export interface Savable {
  readonly network: Network;
  readonly trainer: Trainer | undefined;
  readonly scaling: Scaling;
  readonly metadata: Record<string, unknown>;
}

/** See `Model.save`. */
export function saveModel(model: Savable, options: SaveOptions): Uint8Array<ArrayBuffer> {
  expectOptions(options, ["optimizer"], "save");
  const withOptimizer = expectBoolean(options.optimizer ?? false, "save optimizer");
  const { network, trainer, scaling } = model;
  if (withOptimizer && !trainer) {
    throw new Error("save: the model has no optimizer whose state could be saved; call compile() first");
  }
  const { plan, engine } = network;
  const config: ModelConfig = {
    seed: network.seed,
    ...architectureOf(plan),
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
      plan.specs.forEach((spec, i) => {
        if (!isTrained(spec)) return;
        const { path, shape } = spec;
        const from = (trainer.slots[s] + network.offsetOf(network.weights[i])) >> 2;
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

export function parseConfig({ metadata }: Container): ModelConfig {
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

/** The numbers of a tensor, whose shape must be the one the architecture asks for. */
export function take({ tensors }: Container, name: string, { shape, layer }: NamedSpec): Float32Array {
  const differs = "cell" in layer.options ? anotherCell : bad;
  const tensor = tensors.get(name) ?? differs(`it has no tensor "${name}"`);
  if (tensor.shape.join() !== shape.join()) {
    differs(`tensor "${name}" should be ${showShape(shape)} and is ${showShape(tensor.shape)}`);
  }
  return tensor.data;
}

function anotherCell(problem: string): never {
  throw new RangeError(`model file: ${problem}; the cell given is not the cell that the model was saved with`);
}
