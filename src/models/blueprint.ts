/** A model as plain data, for file formats. */
import type { SavedRun } from "../callbacks/callback.ts";
import type { Blueprint, Numbers } from "../formats/blueprint.ts";
import type { Network } from "../graph/network.ts";
import { isTrained } from "../graph/plan.ts";
import { describe, sizeOf } from "../ndarray.ts";
import { boolean, checked, type Input, optional, options } from "../options.ts";
import type { Trainer } from "../training/trainer.ts";
import { graphOf } from "./architecture.ts";
import { expectMetadata } from "./metadata.ts";
import type { Scaling } from "./scaling.ts";

const SAVE = options({
  /** Also the optimizer's state, so that training goes on to the same bits; default false */
  optimizer: optional(boolean, false),
});

export interface SaveOptions extends Input<typeof SAVE> {}

/** What a blueprint is made from. */
export interface Savable {
  readonly network: Network;
  readonly trainer: Trainer | undefined;
  readonly scaling: Scaling;
  readonly metadata: Record<string, unknown>;
}

/** Everything of a model; its numbers are views, good until memory grows. */
export function blueprintOf(model: Savable, options: SaveOptions): Blueprint {
  if (typeof options === "string") {
    throw new TypeError(
      `save: expected an options object, got ${describe(options)}; the bytes are returned, and saveModelFile(net, path) of ` +
        '"wasm-lstm/node" writes them',
    );
  }
  const { optimizer: withOptimizer } = checked(options, "save", SAVE);
  const { network, trainer, scaling, metadata } = model;
  const run = trainer?.saved;
  if (withOptimizer && !trainer) {
    throw new Error("save: the model has no optimizer whose state could be saved; call compile() first");
  }
  expectMetadata(metadata, "save metadata");
  const { plan, parameters } = network;
  const { seed, step, epoch } = parameters;
  return {
    graph: graphOf(plan),
    weights: new Map(
      plan.specs.map(({ path, shape }, i) => [path, { shape, data: network.numbersOf(network.weights[i]) }]),
    ),
    seed,
    compile: trainer && {
      optimizer: { name: trainer.optimizer.name, options: trainer.optimizer.toJSON() },
      losses: trainer.losses.map(loss => loss.toJSON()),
      ...(trainer.lossWeights.some(weight => weight !== 1) ? { lossWeights: trainer.lossWeights } : {}),
      ...trainer.metricConfigs,
    },
    slots: withOptimizer && trainer ? slotsOf(network, trainer, run) : new Map(),
    progress: { step, epoch, ...(withOptimizer && trainer ? { iterations: trainer.iterations, run: run?.json } : {}) },
    scaling: { input: scaling.input?.toJSON(), target: scaling.target?.toJSON() },
    metadata,
  };
}

/** What the optimizer keeps for each weight that whoever loads the file will train. */
function slotsOf({ plan, engine, weights }: Network, trainer: Trainer, run?: SavedRun): Map<string, Numbers> {
  const { floats } = engine.memory;
  const slots = new Map<string, Numbers>();
  trainer.optimizer.slots.forEach((slot, s) => {
    plan.specs.forEach((spec, i) => {
      if (!isTrained(spec)) return;
      const { shape, path } = spec;
      const offset = trainer.trained.offsetOf(weights[i]);
      const from = (trainer.slots[s] + (offset ?? 0)) >>> 2;
      // What was frozen when the model was compiled begins anew.
      const data = offset === undefined ? new Float32Array(sizeOf(shape)) : floats.subarray(from, from + sizeOf(shape));
      slots.set(`${slot}/${path}`, { shape, data });
    });
  });
  for (const [name, data] of run?.numbers ?? []) slots.set(name, { shape: [data.length], data });
  return slots;
}
