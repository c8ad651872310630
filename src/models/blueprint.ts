/** A model as plain data, for file formats. */
import { expectBoolean, expectOptions } from "../expect.ts";
import type { Blueprint, Numbers } from "../formats/blueprint.ts";
import type { Network } from "../graph/network.ts";
import { sizeOf } from "../ndarray.ts";
import type { Trainer } from "../training/trainer.ts";
import { isTrained } from "../weight.ts";
import { graphOf } from "./architecture.ts";
import type { Scaling } from "./scaling.ts";

export interface SaveOptions {
  /** Also the optimizer's state, so that training goes on to the same bits; default false */
  optimizer?: boolean;
}

/** What a blueprint is made from. */
export interface Savable {
  readonly network: Network;
  readonly trainer: Trainer | undefined;
  readonly scaling: Scaling;
  readonly metadata: Record<string, unknown>;
}

/** Everything of a model; its numbers are views, good until memory grows. */
export function blueprintOf(model: Savable, options: SaveOptions): Blueprint {
  expectOptions(options, ["optimizer"], "save");
  const withOptimizer = expectBoolean(options.optimizer ?? false, "save optimizer");
  const { network, trainer, scaling, metadata } = model;
  if (withOptimizer && !trainer) {
    throw new Error("save: the model has no optimizer whose state could be saved; call compile() first");
  }
  const { plan, seed, step, epoch } = network;
  return {
    graph: graphOf(plan),
    weights: new Map(
      plan.specs.map(({ path, shape }, i) => [path, { shape, data: network.numbersOf(network.weights[i]) }]),
    ),
    seed,
    compile: trainer && {
      optimizer: { name: trainer.optimizer.name, options: trainer.optimizer.toJSON() },
      losses: trainer.losses.map(loss => loss.toJSON()),
      metrics: [...trainer.metricNames],
    },
    slots: withOptimizer && trainer ? slotsOf(network, trainer) : new Map(),
    progress: { step, epoch },
    scaling: { input: scaling.input?.toJSON(), target: scaling.target?.toJSON() },
    metadata,
  };
}

/** What the optimizer keeps for each trained weight. */
function slotsOf(network: Network, trainer: Trainer): Map<string, Numbers> {
  const { plan, engine, weights } = network;
  const slots = new Map<string, Numbers>();
  trainer.optimizer.slots.forEach((slot, s) => {
    plan.specs.forEach((spec, i) => {
      if (!isTrained(spec)) return;
      const from = (trainer.slots[s] + network.offsetOf(weights[i])) >>> 2;
      const data = engine.memory.floats.subarray(from, from + sizeOf(spec.shape));
      slots.set(`${slot}/${spec.path}`, { shape: spec.shape, data });
    });
  });
  return slots;
}
