/** What layers learn from data alone, once, before the first step of training. */
import type { Weight } from "../layers/layer.ts";
import type { Network } from "../models/network.ts";
import type { DataSet } from "./data.ts";

/**
 * Lets every layer that reads an input of the model see the data.
 *
 * @returns makes all that undone
 */
export function adapt(network: Network, { arrays, padding }: DataSet): () => void {
  const { inputs, nodes } = network.plan;
  const before = new Map<Weight, Float32Array>();
  const numbersOf = (weight: Weight): Float32Array => {
    const numbers = network.numbersOf(weight);
    if (!before.has(weight)) before.set(weight, numbers.slice());
    return numbers;
  };
  for (const { layer, inputs: symbols } of nodes) {
    const at = inputs.indexOf(symbols[0]);
    if (!layer || at < 0) continue;
    const lengths = padding?.array === at ? padding.lengths : undefined;
    if (layer.adapt(numbersOf, arrays[at], lengths)) network.weightsChanged();
  }
  return () => {
    for (const [weight, numbers] of before) network.numbersOf(weight).set(numbers);
    network.weightsChanged();
  };
}
