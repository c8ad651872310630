/** A graph that begins in the middle of another. */
import { inputNode, type Node, SymbolicTensor } from "../layer/layer.ts";
import { orderOf } from "./order.ts";

/**
 * The graph between some tensors and others. Where an input is the output of a built layer, an input of the same shape
 * stands for it, and the uses of layers that depend on it are made again; the layers are the same ones.
 */
export function cutAt(
  inputs: readonly SymbolicTensor[],
  outputs: readonly SymbolicTensor[],
): { inputs: readonly SymbolicTensor[]; outputs: readonly SymbolicTensor[] } {
  const instead = new Map<SymbolicTensor, SymbolicTensor>();
  for (const input of inputs) if (input.node.layer?.owner) instead.set(input, inputNode(input.shape));
  if (instead.size === 0) return { inputs, outputs };
  const now = (symbol: SymbolicTensor): SymbolicTensor => instead.get(symbol) ?? symbol;
  for (const { layer, inputs: read, outputs: made } of orderOf(outputs).nodes) {
    if (!read.some(symbol => instead.has(symbol))) continue;
    const node: Node = { layer, inputs: read.map(now), outputs: [] };
    node.outputs = made.map(({ shape }, index) => new SymbolicTensor(shape, node, index));
    for (const [i, symbol] of made.entries()) if (!instead.has(symbol)) instead.set(symbol, node.outputs[i]);
  }
  return { inputs: inputs.map(now), outputs: outputs.map(now) };
}
