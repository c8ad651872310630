/** Models from plain data, and from the bytes of files. */
import { scalerFromJSON } from "../data/index.ts";
import { ENGINE, type EngineOptions } from "../engine/options.ts";
import { expectInteger, expectSeed, showShape } from "../expect.ts";
import type { Blueprint, CompileConfig, NamedOptions, Numbers } from "../formats/blueprint.ts";
import { bad, list } from "../formats/errors.ts";
import { decodeOwn } from "../formats/own.ts";
import { Network } from "../graph/network.ts";
import { Parameters } from "../graph/parameters.ts";
import type { NamedSpec } from "../graph/plan.ts";
import type { Cells } from "../layers/registry.ts";
import { lossRegistry } from "../losses/registry.ts";
import { metricRegistry } from "../metrics/registry.ts";
import { followSchedule } from "../optimizers/learningRate.ts";
import { optimizerFrom } from "../optimizers/registry.ts";
import { boolean, type Checked, checked, type Input, option, optional, options } from "../options.ts";
import { expectMakers, OWN_MAKERS, type OwnMakers } from "../registries.ts";
import { planFrom } from "./architecture.ts";
import { Model } from "./model.ts";

const OWN = options({
  /** Cells of your own by name, for models with `layers.rnn`: a file holds no code */
  cells: optional(option<Cells>(expectMakers), {}),
  ...OWN_MAKERS,
  /** False: only to predict; loss, metrics and optimizer of the file are left out. Default true */
  compile: optional(boolean, true),
});
const OPTIONS = { ...ENGINE, ...OWN };

/** Among them what the file's names stand for, where they are your own: a file holds no code. */
export interface LoadOptions extends EngineOptions, Input<typeof OWN> {}

/**
 * A model from the bytes of a file that `save` made. It is compiled if the saved model was, and goes on training to
 * the same bits if it was saved with `{ optimizer: true }`.
 *
 * @param bytes of the file
 * @param options see {@link LoadOptions}: threads, simd, and by name what of the model is your own
 * @throws TypeError or RangeError with one clear sentence for a bad file
 * @example const net = loadModel(await readFile("model.safetensors"));
 * @example const net = loadModel(bytes, { cells: { myCell }, losses: { pinball }, metrics: { largestError } });
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Model {
  return modelFrom(decodeOwn(bytes), checked(options, "loadModel", OPTIONS));
}

/** A model from plain data, all of which is checked. */
export function modelFrom(blueprint: Blueprint, settings: Checked<typeof OPTIONS>): Model {
  const { threads, simd, compile, ...own } = settings;
  const plan = planFrom(blueprint.graph, own);
  // Every size the architecture claims is compared with the file before the engine takes memory for it.
  const loaded = plan.specs.map(spec => take(blueprint.weights.get(spec.path), spec.path, spec));
  const parameters = new Parameters(plan, expectSeed(blueprint.seed, "model file: seed"), loaded, { threads, simd });
  const model = new Model(new Network(plan, parameters));
  const { progress, metadata } = blueprint;
  parameters.step = expectInteger(progress?.step, "model file: step", 0);
  parameters.epoch = expectInteger(progress?.epoch, "model file: epoch", 0);
  const { input, target } = blueprint.scaling ?? {};
  model.setScaling({
    ...(input ? { input: scalerFromJSON(input) } : {}),
    ...(target ? { target: scalerFromJSON(target) } : {}),
  });
  if (typeof metadata === "object" && metadata !== null) model.metadata = metadata;
  if (blueprint.compile && compile) restoreTraining(model, blueprint, blueprint.compile, own);
  return model;
}

function restoreTraining(model: Model, { slots, progress }: Blueprint, compile: CompileConfig, own: OwnMakers): void {
  const { optimizer, losses, metrics } = compile;
  model.compile({
    optimizer: optimizerFrom(optimizer, own),
    loss: list(losses, "losses").map(value => {
      const loss = value as Partial<NamedOptions> | null;
      return lossRegistry.make(loss?.name, loss?.options, own.losses);
    }),
    metrics: list(metrics, "metrics").map(value => {
      if (typeof value === "string" && metricRegistry.has(value)) return value;
      const { name, options } = typeof value === "string" ? { name: value } : ((value ?? {}) as Partial<NamedOptions>);
      return metricRegistry.make(name, options, own.metrics);
    }),
  });
  const { network, trainer } = model;
  if (!trainer) return;
  const wanted = trainer.optimizer.slots.flatMap((slot, s) =>
    network.plan.specs.flatMap((spec, i) => {
      const offset = trainer.trained.offsetOf(network.weights[i]);
      return offset === undefined ? [] : { spec, name: `${slot}/${spec.path}`, to: (trainer.slots[s] + offset) >>> 2 };
    }),
  );
  const known = wanted.some(({ name }) => slots.has(name));
  // Files of old do not tell the optimizer's steps from the model's.
  const iterations = progress?.iterations ?? (known ? progress?.step : 0);
  trainer.iterations = expectInteger(iterations, "model file: iterations", 0);
  followSchedule(trainer.optimizer, trainer.iterations);
  if (!known) return;
  for (const { spec, name, to } of wanted) {
    network.engine.memory.floats.set(take(slots.get(name), `optimizer/${name}`, spec), to);
  }
}

/** The numbers of a tensor, whose shape must be the one the architecture asks for. */
function take(tensor: Numbers | undefined, name: string, { shape, layer }: NamedSpec): Float32Array {
  const differs = (problem: string): never => {
    const { usersOwn } = layer;
    if (usersOwn === undefined) return bad(problem);
    throw new RangeError(
      `model file: ${problem}; the ${usersOwn} given is not the ${usersOwn} that the model was saved with`,
    );
  };
  const { shape: got, data } = tensor ?? differs(`it has no tensor "${name}"`);
  if (got.join() !== shape.join()) {
    differs(`tensor "${name}" should be ${showShape(shape)} and is ${showShape(got)}`);
  }
  return data;
}
