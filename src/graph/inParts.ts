/** A forward pass that may stop in every layer and behind it, where calls wait. */
import type { Context } from "../context.ts";
import { runLayerInParts } from "../layer/inParts.ts";
import type { InParts } from "../parts.ts";
import type { Tensor } from "../tensor.ts";
import type { Network, Values } from "./network.ts";

/** As `Network.forward`. */
export function* forwardInParts(network: Network, context: Context, inputs: readonly Tensor[]): InParts<Values> {
  const values: Values = new Map(network.plan.inputs.map((symbol, i) => [symbol, inputs[i]]));
  for (const { layer, inputs: symbols, outputs } of network.plan.nodes) {
    if (!layer) continue;
    const tensors = symbols.map(symbol => network.value(values, symbol));
    const results = yield* runLayerInParts(layer, context, tensors);
    for (const [i, symbol] of outputs.entries()) values.set(symbol, results[i]);
  }
  return values;
}
