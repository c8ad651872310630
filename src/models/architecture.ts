/** The graph of a model as plain data, and back again from files, which are untrusted. */

import { expectInteger } from "../expect.ts";
import type { GraphConfig, NodeConfig } from "../formats/blueprint.ts";
import { bad, list } from "../formats/errors.ts";
import { Plan } from "../graph/plan.ts";
import { connect, inputNode, type LayerConfig, type SymbolicTensor, streamOf } from "../layer/layer.ts";
import { layerFrom, type OwnLayers } from "../layers/registry.ts";
import { describe } from "../ndarray.ts";
import type { InnerShape } from "../weight.ts";

/** What `planFrom` makes the same graph of. */
export function graphOf(plan: Plan): GraphConfig {
  const nodes = new Map(plan.nodes.map((node, i) => [node, i]));
  const layers = new Map(plan.layers.map((layer, i) => [layer, i]));
  const reference = ({ node, index }: SymbolicTensor): [number, number] => [nodes.get(node) as number, index];
  for (const layer of plan.layers) {
    const tied = layer.tied?.();
    if (!tied || layers.has(tied)) continue;
    throw new RangeError(
      `save: layer "${layer.name}" is tied to "${tied.name}", which is not in this part of the model; save a part that has both`,
    );
  }
  return {
    // A part's layers keep their streams of random numbers, so that training goes on to the same bits.
    layers: plan.layers.map((layer, i) => {
      const { stream } = layer;
      return { ...layer.toJSON(), ...(stream === streamOf(i) ? {} : { stream }) };
    }),
    nodes: plan.nodes.map(({ layer, name, inputs, outputs }) =>
      layer ? { layer: layers.get(layer) as number, inputs: inputs.map(reference) } : { shape: outputs[0].shape, name },
    ),
    inputs: plan.inputs.map(symbol => reference(symbol)[0]),
    outputs: plan.outputs.map(reference),
  };
}

function shapeFrom(value: unknown): InnerShape {
  const good = (n: unknown) => n === null || (Number.isSafeInteger(n) && (n as number) >= 1);
  if (!Array.isArray(value) || value.length > 32 || !value.every(good)) bad("an input shape is not a list of sizes");
  return value;
}

const MAX_NESTING = 8;

/** Refuses what `layerFrom` would have to follow without end, or show in an error. */
function expectLayerConfig(value: unknown): void {
  let holder: string | undefined;
  for (let config = value as Partial<LayerConfig> | null | undefined, depth = 0; config; depth++) {
    const { inputShape, layer } = (config.options ?? {}) as {
      inputShape?: unknown;
      layer?: Partial<LayerConfig> | null;
    };
    if (inputShape !== undefined) shapeFrom(inputShape);
    if (layer && depth > 0 && (holder !== "timeDistributed" || depth > MAX_NESTING)) {
      bad("a layer inside a layer holds another");
    }
    holder = config.kind;
    config = layer;
  }
}

/** The entry of a list that untrusted JSON points to. */
function entryOf<T>(items: readonly T[] | undefined, index: unknown, what: string): T {
  const found = Number.isSafeInteger(index) ? items?.[index as number] : undefined;
  return found ?? bad(`${what} ${describe(index)} is not there`);
}

/**
 * The graph again, from untrusted JSON.
 *
 * @param own makers of layers, and cells, beside those that are registered
 * @throws TypeError or RangeError with one clear sentence for anything that is not a graph
 */
export function planFrom(config: GraphConfig, own: OwnLayers = {}): Plan {
  const layers = list(config.layers, "layers").map((layer, i) => {
    expectLayerConfig(layer);
    const made = layerFrom(layer, own);
    const { stream } = layer as LayerConfig;
    // By its place in the file, which may be from a time when layers were listed in another order.
    made.savedStream = stream === undefined ? streamOf(i) : expectInteger(stream, "model file: stream");
    return made;
  });
  const symbols: SymbolicTensor[][] = [];
  const symbolAt = (reference: unknown): SymbolicTensor => {
    const [node, output] = list(reference, "a connection");
    return entryOf(entryOf(symbols, node, "node"), output, "output");
  };
  for (const value of list(config.nodes, "nodes")) {
    const node = (value ?? {}) as NodeConfig;
    if (node.layer === undefined) {
      symbols.push([inputNode(shapeFrom(node.shape), typeof node.name === "string" ? node.name : undefined)]);
    } else {
      const layer = entryOf(layers, node.layer, "layer");
      symbols.push(connect(layer, list(node.inputs, "inputs of a node").map(symbolAt)));
    }
  }
  const inputs = list(config.inputs, "inputs").map(node => symbolAt([node, 0]));
  const outputs = list(config.outputs, "outputs").map(symbolAt);
  if (inputs.length === 0 || outputs.length === 0) bad("it has no inputs or no outputs");
  return new Plan(inputs, outputs);
}
