/** Models from plain data, and from the bytes of files. */
import type { CustomCell } from "../cells/defineCell.ts";
import { scalerFromJSON } from "../data/index.ts";
import { ENGINE, type EngineOptions } from "../engine/options.ts";
import { expectInteger, expectSeed, showShape } from "../expect.ts";
import type { Blueprint, NamedOptions, Numbers } from "../formats/blueprint.ts";
import { bad, list } from "../formats/errors.ts";
import { decodeOwn } from "../formats/own.ts";
import { Network } from "../graph/network.ts";
import { Parameters } from "../graph/parameters.ts";
import type { NamedSpec } from "../graph/plan.ts";
import type { LayerMakers } from "../layers/registry.ts";
import { lossFrom } from "../losses/registry.ts";
import { describe } from "../ndarray.ts";
import { optimizerFrom } from "../optimizers/registry.ts";
import { type Checked, checked, type Input, option, optional, options } from "../options.ts";
import { planFrom } from "./architecture.ts";
import { Model } from "./model.ts";

const OWN = options({
  /** Cells of your own by name, for models with `layers.rnn`: a file holds no code */
  cells: optional(option(expectOwn<CustomCell>("myCell")), {}),
  /** What makes layers of your own, by the names of their definitions */
  layers: optional(option(expectOwn<LayerMakers[string]>("myLayer")), {}),
});
const OPTIONS = { ...ENGINE, ...OWN };

export interface LoadOptions extends EngineOptions, Input<typeof OWN> {}

/** Things of the user's by name. */
function expectOwn<Own>(example: string) {
  return (value: unknown, what: string): Readonly<Record<string, Own>> => {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, Own>;
    throw new TypeError(`${what}: expected an object such as { ${example} }, got ${describe(value)}`);
  };
}

/**
 * A model from the bytes of a file that `save` made. It is compiled if the saved model was, and goes on training to
 * the same bits if it was saved with `{ optimizer: true }`.
 *
 * @param bytes of the file
 * @param options see {@link LoadOptions}: threads, simd, and cells and layers of your own
 * @throws TypeError or RangeError with one clear sentence for a bad file
 * @example const net = loadModel(await readFile("model.safetensors"));
 */
export function loadModel(bytes: Uint8Array, options: LoadOptions = {}): Model {
  return modelFrom(decodeOwn(bytes), checked(options, "loadModel", OPTIONS));
}

/** A model from plain data, all of which is checked. */
export function modelFrom(blueprint: Blueprint, { cells, layers, ...computing }: Checked<typeof OPTIONS>): Model {
  const plan = planFrom(blueprint.graph, { cells, layers });
  // Every size the architecture claims is compared with the file before the engine takes memory for it.
  const loaded = plan.specs.map(spec => take(blueprint.weights.get(spec.path), spec.path, spec));
  const parameters = new Parameters(plan, expectSeed(blueprint.seed, "model file: seed"), loaded, computing);
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
  if (blueprint.compile) restoreTraining(model, blueprint, blueprint.compile);
  return model;
}

function restoreTraining(
  model: Model,
  { slots, progress }: Blueprint,
  compile: NonNullable<Blueprint["compile"]>,
): void {
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
  if (!known) return;
  for (const { spec, name, to } of wanted) {
    network.engine.memory.floats.set(take(slots.get(name), `optimizer/${name}`, spec), to);
  }
}

/** The numbers of a tensor, whose shape must be the one the architecture asks for. */
function take(tensor: Numbers | undefined, name: string, { shape, layer }: NamedSpec): Float32Array {
  const differs = "cell" in layer.options ? anotherCell : bad;
  const { shape: got, data } = tensor ?? differs(`it has no tensor "${name}"`);
  if (got.join() !== shape.join()) {
    differs(`tensor "${name}" should be ${showShape(shape)} and is ${showShape(got)}`);
  }
  return data;
}

function anotherCell(problem: string): never {
  throw new RangeError(`model file: ${problem}; the cell given is not the cell that the model was saved with`);
}
