/** Models as files: weights and optimizer state as tensors, everything else as JSON in the metadata. */

import { scalerFromJSON } from "../data/index.ts";
import { expectEngineOptions } from "../engine/options.ts";
import { expectBoolean, expectInteger, expectOptions, expectSeed, showShape } from "../expect.ts";
import { isTrained } from "../layers/layer.ts";
import type { Cells } from "../layers/registry.ts";
import { lossFrom } from "../losses/registry.ts";
import { Model } from "../models/model.ts";
import type { NamedSpec } from "../models/plan.ts";
import type { ModelOptions } from "../models/sequential.ts";
import { describe, sizeOf } from "../ndarray.ts";
import { optimizerFrom } from "../optimizers/registry.ts";
import { type Architecture, architectureOf, bad, list, planFrom } from "./architecture.ts";
import { type Container, decodeSafetensors, encodeSafetensors, type NamedTensor } from "./safetensors.ts";

export interface SaveOptions {
  /** Also the optimizer's state, so that training goes on to the same bits; default false */
  optimizer?: boolean;
}

export interface LoadOptions extends Pick<ModelOptions, "threads" | "simd"> {
  /** Cells of your own by name, for models with `layers.rnn`: a file holds no code */
  cells?: Cells;
}

interface ModelConfig extends Architecture {
  seed: number;
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

/** The numbers of a tensor, whose shape must be the one the architecture asks for. */
function take({ tensors }: Container, name: string, { shape, layer }: NamedSpec): Float32Array {
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

function expectCells(cells: unknown): Cells {
  if (cells === undefined) return {};
  if (typeof cells !== "object" || cells === null || Array.isArray(cells)) {
    throw new TypeError(`loadModel cells: expected an object such as { myCell }, got ${describe(cells)}`);
  }
  return cells as Cells;
}

/**
 * A model from the bytes of a file that `save` made. It is compiled if the saved model was, and goes on training to
 * the same bits if it was saved with `{ optimizer: true }`.
 *
 * @param bytes of the file
 * @param options threads and simd, see {@link ModelOptions}; cells that the model's `layers.rnn` run
 * @throws TypeError or RangeError with one clear sentence for a bad file
 * @example const net = loadModel(await readFile("model.safetensors"));
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Model {
  expectOptions(options, ["threads", "simd", "cells"], "loadModel");
  const computing = expectEngineOptions(options, "loadModel");
  const container = decodeSafetensors(bytes);
  const config = parseConfig(container);
  const plan = planFrom(config, expectCells(options.cells));
  // Every size the architecture claims is compared with the file before the engine takes memory for it.
  const loaded = plan.specs.map(spec => take(container, spec.path, spec));
  const model = new Model(plan, expectSeed(config.seed, "model file: seed"), loaded, computing);
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
  if (!trainer) return;
  const kept = trainer.optimizer.slots.flatMap((slot, s) =>
    network.plan.specs.flatMap((spec, i) => {
      if (!isTrained(spec)) return [];
      const to = (trainer.slots[s] + network.offsetOf(network.weights[i])) >> 2;
      return { spec, name: `optimizer/${slot}/${spec.path}`, to };
    }),
  );
  if (!kept.some(({ name }) => container.tensors.has(name))) return;
  for (const { spec, name, to } of kept) network.engine.memory.floats.set(take(container, name, spec), to);
}
