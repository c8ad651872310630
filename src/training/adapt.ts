/** What layers learn from data alone, once, before the first step of training. */

import type { Network } from "../graph/network.ts";
import type { Weight } from "../weight.ts";
import type { DataSet } from "./data.ts";

/** Trains after layers have seen the data; what they learned so is forgotten if there is an error before the first step. */
export function adapted<Result>(network: Network, x: DataSet, training: () => Result): Result {
  const { step } = network.parameters;
  const forget = adapt(network, x);
  const failed = (error: unknown): never => {
    if (network.parameters.step === step) forget();
    throw error;
  };
  try {
    const result = training();
    return (result instanceof Promise ? result.catch(failed) : result) as Result;
  } catch (error) {
    return failed(error);
  }
}

/**
 * Lets every layer that reads an input of the model see the data.
 *
 * @returns makes all that undone
 */
export function adapt(network: Network, { arrays, paddings }: DataSet): () => void {
  const { inputs, nodes } = network.plan;
  const before = new Map<Weight, Float32Array>();
  const numbersOf = (weight: Weight): Float32Array => {
    const numbers = network.numbersOf(weight);
    if (!before.has(weight)) before.set(weight, numbers.slice());
    return numbers;
  };
  const places = new Map(inputs.map((symbol, i) => [symbol, i]));
  for (const { layer, inputs: symbols } of nodes) {
    const at = places.get(symbols[0]);
    if (!layer || at === undefined) continue;
    const lengths = paddings.find(({ array }) => array === at)?.lengths;
    if (layer.adapt(numbersOf, arrays[at], lengths)) network.weightsChanged();
  }
  return () => {
    for (const [weight, numbers] of before) network.numbersOf(weight).set(numbers);
    network.weightsChanged();
  };
}
