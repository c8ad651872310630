/** A model whose layers have gone to another model's memory: it goes on with them, where they are now. */
import { join } from "../graph/join.ts";
import { Network } from "../graph/network.ts";
import { ownerOf, presentOwner } from "../graph/owner.ts";
import type { Parameters } from "../graph/parameters.ts";
import { Plan } from "../graph/plan.ts";
import { isObject } from "../isObject.ts";
import { followSchedule } from "../optimizers/learningRate.ts";
import type { Trainer } from "../training/trainer.ts";
import type { Trainable, Training } from "./training.ts";

/** The graph over the parameters that have its weights now; states of stateful layers come along. */
export function networkAfter(old: Network): Network {
  const owner = presentOwner(old.parameters) as Parameters;
  const plan = new Plan(old.plan.inputs, old.plan.outputs, layers => ownerOf(layers) && owner);
  join(plan, owner);
  const network = new Network(plan, owner);
  network.states = new Map(
    plan.names.flatMap((name, i) => {
      const states = old.states.get(old.plan.names[i]);
      return states ? [[name, states] as const] : [];
    }),
  );
  return network;
}

/** What is given by the names of outputs, by the names that they have now. */
function renamed(given: unknown, names: ReadonlyMap<string, string>): unknown {
  if (!isObject(given) || Object.getPrototypeOf(given) !== Object.prototype) return given;
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [names.get(name) ?? name, value]));
}

/**
 * What trains it, as it was: with the same weights, and what the optimizer has learned.
 *
 * @param from the graph of old
 */
export function trainingAfter(model: Trainable, old: Training | undefined, from: Network): Training | undefined {
  if (!old) return undefined;
  const { options, trainer: before } = old;
  const to = model.network;
  const { layers } = to.plan;
  const names = new Map(from.plan.names.map((name, i) => [name, to.plan.names[i]]));
  const byName = ["loss", "lossWeights", "metrics", "weightedMetrics"] as const;
  const given = Object.fromEntries(byName.map(key => [key, renamed(options[key], names)]));
  // Which weights are trained was decided by the first `compile`, and nothing of theirs changes.
  const { underway } = to.parameters;
  const flags = layers.map(layer => layer.trainable);
  const setFlags = (all: readonly boolean[]) => {
    for (const [i, layer] of layers.entries()) layer.trainable = all[i];
  };
  setFlags(before.trained.flags);
  to.parameters.underway = undefined;
  try {
    const Same = old.constructor as new (...args: ConstructorParameters<typeof Training>) => Training;
    const training = new Same(model, { ...options, ...given, optimizer: before.optimizer });
    carryOver(before, training.trainer, from, to);
    return training;
  } finally {
    setFlags(flags);
    to.parameters.underway = underway;
  }
}

/** What an optimizer has learned. */
function carryOver(before: Trainer, trainer: Trainer, from: Network, to: Network): void {
  const { floats } = to.engine.memory;
  from.weights.forEach((weight, i) => {
    const [source, target] = [before.trained.offsetOf(weight), trainer.trained.offsetOf(to.weights[i])];
    if (source === undefined || target === undefined) return;
    trainer.slots.forEach((slot, s) => {
      const at = (before.slots[s] + source) >>> 2;
      floats.set(from.engine.memory.floats.subarray(at, at + weight.size), (slot + target) >>> 2);
    });
  });
  trainer.iterations = before.iterations;
  trainer.saved = before.saved;
  followSchedule(trainer.optimizer, trainer.iterations);
}
