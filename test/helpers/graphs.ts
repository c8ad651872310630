/** Graphs of plain numbers as models. */
import { input, type Model, model, type SymbolicTensor } from "../../src/index.ts";
import { Layer } from "../../src/layer/layer.ts";
import type { InnerShape, WeightSpec } from "../../src/weight.ts";
import type { GraphOrder } from "../fixtures/load.ts";

/** Takes any number of tensors, has one weight, and gives two tensors. */
class AnyLayer extends Layer {
  readonly kind = "any";

  override get inputs() {
    return { least: 1, most: Number.POSITIVE_INFINITY };
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [shape, shape];
  }

  override weightSpecs(): WeightSpec[] {
    return [{ name: "kernel", shape: [1], initializer: { name: "zeros" } }];
  }

  override forward(): never {
    throw new Error("only its place in the graph counts");
  }
}

/** The model of a graph. Layers are named by their numbers. */
export function modelOfGraph(inputs: number, calls: GraphOrder[1], outputs: GraphOrder[2]): Model {
  const made = Array.from({ length: inputs }, () => [input({ shape: [3] })]);
  const layers = new Map<number, Layer>();
  for (const [layer, ...from] of calls) {
    if (!layers.has(layer)) layers.set(layer, new AnyLayer({ name: `${layer}` }));
    made.push((layers.get(layer) as Layer).applyAll(from.map(([node, output]) => made[node][output])));
  }
  const ends = outputs.map(([node, output]) => made[node][output]);
  const needed = new Set<SymbolicTensor>();
  const need = (symbol: SymbolicTensor): void => {
    if (needed.has(symbol)) return;
    needed.add(symbol);
    for (const source of symbol.node.inputs) need(source);
  };
  for (const end of ends) need(end);
  return model({ inputs: made.slice(0, inputs).flatMap(([x]) => (needed.has(x) ? x : [])), outputs: ends });
}
