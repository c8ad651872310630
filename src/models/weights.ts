/** All weights of a network, to users and back: layer by layer, in Keras' order and layout. */

import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { describe, type NDArray, ndarray, toNDArray } from "../ndarray.ts";
import { isArray } from "../nested.ts";

export function readWeights(network: Network): NDArray[] {
  return network.weights.map(weight => ndarray(network.numbersOf(weight).slice(), weight.shape));
}

/** Replaces them all, or, if something does not fit, none. */
export function writeWeights(network: Network, weights: readonly unknown[]): void {
  const own = network.weights;
  if (!isArray(weights)) throw new TypeError(`setWeights: expected a list of arrays, got ${describe(weights)}`);
  if (weights.length !== own.length) {
    throw new RangeError(`setWeights: expected ${own.length} arrays, got ${weights.length}`);
  }
  const arrays = weights.map((weight, i) => {
    const { path } = network.plan.specs[i];
    const array = toNDArray(weight, `setWeights ${path}`);
    if (array.shape.join() !== own[i].shape.join()) {
      throw new RangeError(`setWeights ${path}: expected ${showShape(own[i].shape)}, got ${showShape(array.shape)}`);
    }
    return array;
  });
  own.forEach((weight, i) => {
    network.numbersOf(weight).set(arrays[i].data);
  });
  network.weightsChanged();
}
