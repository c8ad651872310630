import { cutAt } from "../graph/cut.ts";
import { Network } from "../graph/network.ts";
import { ownerOf } from "../graph/owner.ts";
import { Parameters } from "../graph/parameters.ts";
import { Plan } from "../graph/plan.ts";
import { initialize } from "../initializers.ts";
import { isArray, isReadable } from "../isObject.ts";
import { inputNode, Layer, SymbolicTensor } from "../layer/layer.ts";
import { expectInnerShape, expectLayerName } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { type Checked, checked, type Input, option, optional, options } from "../options.ts";
import { ability } from "./abilities.ts";
import { Chain } from "./chain.ts";
import { Model } from "./model.ts";
import { MODEL, type ModelOptions } from "./options.ts";
import { parametersFor } from "./parametersFor.ts";

const parts = () => ability("parts", "a model with layers of another");

/** New ones, unless some layers are another model's. */
function parametersOf(plan: Plan, settings: Checked<typeof MODEL>, given: ModelOptions): Parameters {
  if (plan.owner) return parts().parametersFor(plan, settings, given, () => parts().join);
  const { seed, ...computing } = settings;
  return new Parameters(plan, seed, initialize, computing);
}

/** A model whose layers follow one another. */
export class Sequential extends Model {
  readonly #chain: Chain;

  /** @internal Use `sequential`. */
  constructor(options: ModelOptions) {
    const settings = checked(options, "sequential", MODEL);
    const chain = new Chain();
    super(() => new Network(chain.plan, parametersOf(chain.plan, settings, options)));
    this.#chain = chain;
  }

  /**
   * Puts a layer on top, or a model as one, until the model is used: what else is asked of it builds it first.
   *
   * @param layer the first one with inputShape; those of another model keep their weights, and both have them
   * @returns the model
   * @throws Error for a model that is built; TypeError or RangeError for a layer that does not fit
   * @example sequential().add(layers.lstm({ units: 50, inputShape: [20, 10] })).add(layers.dense({ units: 1 }))
   */
  add(layer: Layer | Model): this {
    this.#chain.add(layer);
    return this;
  }
}

/**
 * A model whose layers follow one another; a model may be one of them.
 *
 * @param layers the first one with inputShape; a last one with returnState makes a model of several outputs. Without a list
 *   the model begins empty: give it layers with `add`
 * @example sequential([layers.lstm({ units: 50, inputShape: [20, 10] }), layers.dense({ units: 1 })], { seed: 1 })
 * @example const net = sequential({ seed: 1 }); net.add(layers.lstm({ units: 50, inputShape: [20, 10] }));
 */
export function sequential(options?: ModelOptions): Sequential;
export function sequential(layers: readonly (Layer | Model)[], options?: ModelOptions): Model;
export function sequential(given?: readonly (Layer | Model)[] | ModelOptions, options: ModelOptions = {}): Model {
  if (given === undefined || isOptions(given)) return new Sequential(given ?? options);
  if (!isArray(given) || given.length === 0) {
    const remedy = "layers" in Object(given) || options instanceof Layer ? "; write sequential([layer, layer, …])" : "";
    throw new TypeError(`sequential: expected a list of at least one layer, got ${describe(given)}${remedy}`);
  }
  const net = new Sequential(options);
  for (const layer of given) net.add(layer);
  net.network; // built at once: what is wrong is known here
  return net;
}

/** A plain object; one with layers, as TensorFlow.js takes it, is told what to do. */
const isOptions = (value: unknown): value is ModelOptions =>
  typeof value === "object" &&
  value !== null &&
  isReadable(value) &&
  Object.getPrototypeOf(value) === Object.prototype &&
  !("layers" in value);

const INPUT = options({
  /** Of one sample, without the batch axis; null is any length */
  shape: option(expectInnerShape),
  /** By which data may be given, `fit({ price: x }, y)`; `summary` and errors say it too */
  name: optional(option(expectInputName)),
});

function expectInputName(value: unknown, what: string): string {
  const name = expectLayerName(value, what);
  if (name !== "lengths") return name;
  throw new RangeError(`${what}: expected another name than "lengths", which { x, lengths } has a meaning for`);
}

/**
 * An input of a functional model.
 *
 * @param options.shape of one sample, without the batch axis; null is any length
 * @param options.name by which data may be given
 * @example const x = input({ shape: [null, 10], name: "price" });
 */
export function input(options: Input<typeof INPUT>): SymbolicTensor {
  const { shape, name } = checked(options, "input", INPUT);
  return inputNode(shape, name);
}

const symbols = option<readonly SymbolicTensor[], SymbolicTensor | readonly SymbolicTensor[]>((value, what) => {
  const list = value instanceof SymbolicTensor ? [value] : value;
  if (!isArray(list) || list.length === 0 || !list.every(s => s instanceof SymbolicTensor)) {
    throw new TypeError(`${what}: expected tensors made by input() or a layer's apply(), got ${describe(value)}`);
  }
  return list;
});

function expectDistinct(inputs: readonly SymbolicTensor[]): void {
  if (new Set(inputs).size < inputs.length)
    throw new RangeError(
      "model inputs: expected each input() once, got one twice; give each input a tensor of its own",
    );
  const names = inputs.flatMap(({ node }) => node.name ?? []);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return;
  throw new RangeError(`model: two inputs are named "${twice}"; give each a name of its own`);
}

const GRAPH = options({
  /** What it reads, made by `input` */
  inputs: symbols,
  /** What it gives */
  outputs: symbols,
});

/**
 * A model of any graph of layers, connected with `layer.apply`. Where layers are those of other models, alone or among new
 * ones, all compute with the same weights, and training any of them trains those. Such a graph may begin at tensors in the
 * middle of another's, or use its layers on new inputs; `Model.part` is shorter where that is not needed. With the layers of
 * several models these become one: with the seed, threads, memory and count of steps of the first.
 *
 * @throws RangeError for settings that the model whose layers these are has already; `seed` is for new layers there. Error
 *   while another model in it is in training
 * @example
 * const x = input({ shape: [20, 10] });
 * const [, h, c] = layers.lstm({ units: 8, returnState: true }).applyAll(x);
 * const y = layers.lstm({ units: 8 }).apply([x, h, c]);
 * const net = model({ inputs: x, outputs: y });
 * const encoder = model({ inputs: x, outputs: [h, c] }); // a part of net
 */
export function model(options: Input<typeof GRAPH> & ModelOptions): Model {
  const { inputs, outputs, ...settings } = checked(options, "model", { ...GRAPH, ...MODEL });
  expectDistinct(inputs);
  const cut = cutAt(inputs, outputs);
  const plan = new Plan(cut.inputs, cut.outputs, ownerOf);
  return new Model(
    new Network(
      plan,
      parametersFor(plan, settings, options, () => parts().join),
    ),
  );
}
