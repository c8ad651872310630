/** What layers learn from data alone, once, before the first step of training. */
import type { Weight } from "../layers/layer.ts";
import type { Network } from "../models/network.ts";
import type { DataSet } from "./data.ts";

/** Lets every layer that reads an input of the model see the data. */
export function adapt(network: Network, { arrays, padding }: DataSet): void {
  const { inputs, nodes } = network.plan;
  const numbersOf = (weight: Weight): Float32Array => network.numbersOf(weight);
  for (const { layer, inputs: symbols } of nodes) {
    const at = inputs.indexOf(symbols[0]);
    if (!layer || at < 0) continue;
    const lengths = padding?.array === at ? padding.lengths : undefined;
    if (layer.adapt(numbersOf, arrays[at], lengths)) network.weightsChanged();
  }
}
