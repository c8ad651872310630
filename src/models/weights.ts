/** Weights to users and back, of a network or of one of its layers: in Keras' order and layout. */

import { describe } from "../describe.ts";
import { expectOneOf, showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { titleOf } from "../graph/owner.ts";
import { Parameters } from "../graph/parameters.ts";
import type { Plan } from "../graph/plan.ts";
import { isArray } from "../isObject.ts";
import type { Layer } from "../layer/layer.ts";
import { type NDArray, ndarray, toNDArray } from "../ndarray.ts";
import { expectFiniteNumbers } from "../training/diagnose.ts";
import type { Weight } from "../weight.ts";

/** What is asked: some weights of a model, with the names that errors have for them. */
interface Some {
  readonly parameters: Parameters;
  readonly weights: readonly Weight[];
  readonly paths: readonly string[];
}

const allOf = ({ parameters, weights, plan }: Network): Some => ({
  parameters,
  weights,
  paths: plan.specs.map(({ path }) => path),
});

function read({ parameters, weights }: Some): NDArray[] {
  return weights.map(weight => ndarray(parameters.numbersOf(weight).slice(), weight.shape));
}

/** Replaces them all, or, if something does not fit, none. */
function write({ parameters, weights: own, paths }: Some, weights: unknown): void {
  const title = "setWeights";
  parameters.underway?.refuse(title);
  if (!isArray(weights)) throw new TypeError(`${title}: expected a list of arrays, got ${describe(weights)}`);
  if (weights.length !== own.length) {
    throw new RangeError(`${title}: expected ${own.length} arrays, got ${weights.length}`);
  }
  // Copies: reading a later array may run code of the user's, which changes an earlier one. A hole is an array too.
  const all = own.map(({ shape }, i) => {
    const what = `${title} ${paths[i]}`;
    const given = weights[i];
    const array = toNDArray(typeof given === "number" ? { shape: [], data: [given] } : given, what);
    if (array.shape.join() !== shape.join()) {
      throw new RangeError(`${what}: expected ${showShape(shape)}, got ${showShape(array.shape)}`);
    }
    const data = Float32Array.from(array.data);
    expectFiniteNumbers(data, shape, what);
    return data;
  });
  own.forEach((weight, i) => {
    parameters.numbersOf(weight).set(all[i]);
  });
  parameters.changed();
}

export const readWeights = (network: Network): NDArray[] => read(allOf(network));

export const writeWeights = (network: Network, weights: readonly unknown[]): void => write(allOf(network), weights);

/** The weights of a layer, or, with numbers, replaces them: see `Layer.getWeights`. */
export function accessWeights(layer: Layer, ...given: readonly [weights?: readonly unknown[]]): NDArray[] {
  const { name, owner } = layer;
  const what = given.length > 0 ? "setWeights" : "getWeights";
  if (!(owner instanceof Parameters)) {
    throw new Error(
      owner
        ? `${what}: layer "${name}" is inside of ${titleOf(owner)}; ask that one`
        : `${what}: layer "${name || layer.baseName}" has no weights before a model is made of it`,
    );
  }
  const [names, weights] = [Object.keys(layer.weights), Object.values(layer.weights)];
  const some = { parameters: owner, weights, paths: names.map(each => `${name}/${each}`) };
  if (given.length === 0) return read(some);
  write(some, given[0]);
  return [];
}

/** The layer of that name. */
export function layerNamed({ layers }: Plan, name: unknown): Layer {
  return (
    layers.find(layer => layer.name === name) ??
    (expectOneOf(
      name,
      layers.map(layer => layer.name),
      "layer",
    ) as never)
  );
}
