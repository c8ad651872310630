import type { Context } from "../context.ts";
import type { InParts } from "../parts.ts";
import type { Tensor } from "../tensor.ts";
import type { Layer } from "./layer.ts";
import { runLayer } from "./run.ts";

/** As `runLayer`, which may stop where calls wait. */
export function* runLayerInParts(layer: Layer, context: Context, inputs: readonly Tensor[]): InParts<Tensor[]> {
  const outputs = layer.forwardInParts ? yield* layer.forwardInParts(context, inputs) : layer.forward(context, inputs);
  if (context.computing.waits) yield; // what makes masks may ask for numbers
  const results = runLayer(layer, context, inputs, outputs);
  if (context.computing.waits) yield;
  return results;
}
