/** All weights of a network, to users and back: layer by layer, in Keras' order and layout. */

import { showShape } from "../expect.ts";
import type { Network } from "../graph/network.ts";
import { describe, type NDArray, ndarray, toNDArray } from "../ndarray.ts";
import { isArray } from "../nested.ts";
import { expectFiniteNumbers } from "../training/diagnose.ts";

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
  // Copies: reading a later array may run code of the user's, which changes an earlier one. A hole is an array too.
  const all = own.map(({ shape }, i) => {
    const what = `setWeights ${network.plan.specs[i].path}`;
    const array = toNDArray(weights[i], what);
    if (array.shape.join() !== shape.join()) {
      throw new RangeError(`${what}: expected ${showShape(shape)}, got ${showShape(array.shape)}`);
    }
    const data = Float32Array.from(array.data);
    expectFiniteNumbers(data, shape, what);
    return data;
  });
  own.forEach((weight, i) => {
    network.numbersOf(weight).set(all[i]);
  });
  network.weightsChanged();
}
