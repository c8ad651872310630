import { cutAt } from "../graph/cut.ts";
import { Network } from "../graph/network.ts";
import { ownerOf } from "../graph/owner.ts";
import { Parameters } from "../graph/parameters.ts";
import { Plan } from "../graph/plan.ts";
import { initialize } from "../initializers.ts";
import { connect, inputNode, Layer, SymbolicTensor } from "../layer/layer.ts";
import { expectInnerShape } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { type Checked, checked, type Input, option, options } from "../options.ts";
import { Model } from "./model.ts";
import { MODEL, type ModelOptions } from "./options.ts";

/** The plan of a chain of layers. */
export function chain(layers: readonly Layer[], what: string): Plan {
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new TypeError(`${what}: expected a list of at least one layer, got ${describe(layers)}`);
  }
  for (const [i, layer] of layers.entries()) {
    if (!(layer instanceof Layer)) {
      throw new TypeError(`${what}: expected layers made by layers.lstm() and others, got ${describe(layer)} at ${i}`);
    }
    if (layer.owner) {
      throw new RangeError(
        `${what}: layer "${layer.name}" belongs to ${layer.owner.title} already; make a new layer for this one, or take ` +
          "a part of that model with its part()",
      );
    }
  }
  const { inputShape } = layers[0].options;
  if (!inputShape) {
    throw new TypeError(
      `${what}: the first layer needs inputShape, the shape of one sample, such as [20, 10] for 20 steps of 10 features`,
    );
  }
  const first = inputNode(inputShape);
  let outputs = [first];
  for (const layer of layers) outputs = connect(layer, outputs);
  return new Plan([first], outputs, ownerOf);
}

/**
 * A model whose layers follow one another.
 *
 * @param layers the first one with inputShape; a last one with returnState makes a model of several outputs
 * @example sequential([layers.lstm({ units: 50, inputShape: [20, 10] }), layers.dense({ units: 1 })], { seed: 1 })
 */
export function sequential(layers: readonly Layer[], options: ModelOptions = {}): Model {
  const { seed, ...computing } = checked(options, "sequential", MODEL);
  const plan = chain(layers, "sequential");
  return new Model(new Network(plan, new Parameters(plan, seed, initialize, computing)));
}

const INPUT = options({
  /** Of one sample, without the batch axis; null is any length */
  shape: option(expectInnerShape),
});

/**
 * An input of a functional model.
 *
 * @param options.shape of one sample, without the batch axis; null is any length
 * @example const x = input({ shape: [null, 10] });
 */
export function input(options: Input<typeof INPUT>): SymbolicTensor {
  return inputNode(checked(options, "input", INPUT).shape);
}

const symbols = option<readonly SymbolicTensor[], SymbolicTensor | readonly SymbolicTensor[]>((value, what) => {
  const list = value instanceof SymbolicTensor ? [value] : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every(s => s instanceof SymbolicTensor)) {
    throw new TypeError(`${what}: expected tensors made by input() or a layer's apply(), got ${describe(value)}`);
  }
  return list;
});

const GRAPH = options({
  /** What it reads, made by `input` */
  inputs: symbols,
  /** What it gives */
  outputs: symbols,
});

/**
 * A model of any graph of layers, connected with `layer.apply`. Tensors of layers that a model has already make a part of
 * it: both compute with the same weights, and training either trains them. Such a graph may begin at tensors in the middle
 * of the model's own, or use its layers on new inputs; `Model.part` is shorter where that is not needed.
 *
 * @throws RangeError for layers of two models, or for new ones on top of a model's: see `Model.apply`
 * @example
 * const x = input({ shape: [20, 10] });
 * const [, h, c] = layers.lstm({ units: 8, returnState: true }).applyAll(x);
 * const y = layers.lstm({ units: 8 }).apply([x, h, c]);
 * const net = model({ inputs: x, outputs: y });
 * const encoder = model({ inputs: x, outputs: [h, c] }); // a part of net
 */
export function model(options: Input<typeof GRAPH> & ModelOptions): Model {
  const { inputs, outputs, ...settings } = checked(options, "model", { ...GRAPH, ...MODEL });
  const cut = cutAt(inputs, outputs);
  const plan = new Plan(cut.inputs, cut.outputs, ownerOf);
  return new Model(new Network(plan, parametersFor(plan, settings, options)));
}

/** New ones, or those of the model that the plan is a part of. */
function parametersFor(plan: Plan, settings: Checked<typeof MODEL>, given: ModelOptions): Parameters {
  const { owner } = plan;
  if (!(owner instanceof Parameters)) {
    const { seed, ...computing } = settings;
    return new Parameters(plan, seed, initialize, computing);
  }
  for (const name of ["seed", "threads", "simd"] as const) {
    if (given[name] === undefined) continue;
    throw new RangeError(
      `model ${name}: expected none, since this is a part of ${owner.title} and computes as that does, got ` +
        `${describe(given[name])}; leave it out`,
    );
  }
  return owner;
}
