/** Models from plain data, and from the bytes of files. */
import { ENGINE, type EngineOptions } from "../engine/options.ts";
import { expectInteger, expectSeed } from "../expect.ts";
import type { Blueprint } from "../formats/blueprint.ts";
import { decodeOwn } from "../formats/own.ts";
import { Network } from "../graph/network.ts";
import { Parameters } from "../graph/parameters.ts";
import { boolean, checked, type Input, optional, options } from "../options.ts";
import { OWN_MAKERS } from "../ownMakers.ts";
import { isLater } from "../rest.ts";
import { ability, hasAbility } from "./abilities.ts";
import { planFrom } from "./architecture.ts";
import { Model } from "./model.ts";
import { take } from "./take.ts";

const OWN = options({
  ...OWN_MAKERS,
  /** False: only to predict; loss, metrics and optimizer of the file are left out. Default true, if this entry trains */
  compile: optional(boolean),
});
const OPTIONS = { ...ENGINE, ...OWN };

/** Among them what the file's names stand for, where they are your own: a file holds no code. */
export interface LoadOptions extends EngineOptions, Input<typeof OWN> {}

/**
 * A model from the bytes of a file that `save` made. It is compiled if the saved model was, and goes on training to
 * the same bits if it was saved with `{ optimizer: true }`.
 *
 * @param bytes of the file
 * @param options see {@link LoadOptions}: threads, simd, memory, and by name what of the model is your own
 * @throws TypeError or RangeError with one clear sentence for a bad file
 * @example const net = loadModel(await readFile("model.safetensors"));
 * @example const net = loadModel(bytes, { cells: { myCell }, losses: { pinball }, metrics: { largestError } });
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Model {
  return modelFrom(decodeOwn(bytes), options, "loadModel");
}

/** A model from plain data, all of which is checked. */
export function modelFrom(blueprint: Blueprint, options: LoadOptions, caller: string): Model {
  const settings = checked(options, caller, OPTIONS);
  const { threads, simd, memory, compile = hasAbility("training") || isLater(), ...own } = settings;
  const plan = planFrom(blueprint.graph, own);
  // Every size the architecture claims is compared with the file before the engine takes memory for it.
  const loaded = plan.specs.map(spec => take(blueprint.weights.get(spec.path), spec.path, spec));
  const parameters = new Parameters(plan, expectSeed(blueprint.seed, "model file: seed"), loaded, {
    threads,
    simd,
    memory,
  });
  const model = new Model(new Network(plan, parameters));
  const { progress, scaling, metadata } = blueprint;
  parameters.step = expectInteger(progress?.step, "model file: step", 0);
  parameters.epoch = expectInteger(progress?.epoch, "model file: epoch", 0);
  if (typeof (scaling ?? {}) !== "object" || Object.keys(scaling ?? {}).length > 0) {
    model.setScaling(ability("scaling", "model file: scalers").scalingFrom(scaling));
  }
  model.metadata = metadata ?? {};
  if (hasAbility("metadata")) ability("metadata", "").expectMetadata(metadata ?? {}, "model file: metadata");
  if (blueprint.compile !== undefined && compile) {
    const restore = () => ability("training", "loadModel compile").restoreTraining?.(model, blueprint, own);
    // An optimizer's numbers are the caller's bytes, which may be others later.
    if (isLater() && blueprint.slots.size === 0) parameters.settle = restore;
    else restore();
  }
  return model;
}
