/** Models from the bytes of files. */
import { scalerFromJSON } from "../data/index.ts";
import { expectEngineOptions } from "../engine/options.ts";
import { expectInteger, expectOptions, expectSeed } from "../expect.ts";
import { list, planFrom } from "../formats/architecture.ts";
import { type ModelConfig, type NamedOptions, parseConfig, take } from "../formats/model.ts";
import { type Container, decodeSafetensors } from "../formats/safetensors.ts";
import type { Cells } from "../layers/registry.ts";
import { lossFrom } from "../losses/registry.ts";
import { describe } from "../ndarray.ts";
import { optimizerFrom } from "../optimizers/registry.ts";
import { isTrained } from "../weight.ts";
import { Model } from "./model.ts";
import type { ModelOptions } from "./options.ts";

export interface LoadOptions extends Pick<ModelOptions, "threads" | "simd"> {
  /** Cells of your own by name, for models with `layers.rnn`: a file holds no code */
  cells?: Cells;
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
