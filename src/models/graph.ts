/** The layers of a model and what flows between them, before any number exists. */

import type { InnerShape, Layer } from "../layers/layer.ts";
import { describe } from "../ndarray.ts";

/** An output of a layer in a model under construction. */
export class SymbolicTensor {
  /** Without the batch axis; null is any length. */
  readonly shape: InnerShape;
  readonly node: Node;
  /** Which of the node's outputs. */
  readonly index: number;

  constructor(shape: InnerShape, node: Node, index: number) {
    this.shape = shape;
    this.node = node;
    this.index = index;
  }
}

/** One use of a layer; without a layer an input of the model. */
export interface Node {
  layer: Layer | undefined;
  inputs: readonly SymbolicTensor[];
  outputs: SymbolicTensor[];
}

/** A new input of a model. */
export function inputNode(shape: InnerShape): SymbolicTensor {
  const node: Node = { layer: undefined, inputs: [], outputs: [] };
  node.outputs.push(new SymbolicTensor(shape, node, 0));
  return node.outputs[0];
}

function expectInputCount({ name, inputs }: Layer, count: number): void {
  const { least, most, names } = inputs;
  if (count >= least && count <= most) return;
  const range = least === most ? `${least} input tensor` : `${least} to ${most} input tensors`;
  const listed = names ? ` [${names.join(", ")}]` : "";
  const remedy = count > most ? "; from a layer with several outputs take those you want, with applyAll()" : "";
  throw new RangeError(`${name}: expected ${range}${listed}, got ${count}${remedy}`);
}

/** Uses a layer on tensors; checks their number and shapes. */
export function connect(layer: Layer, inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  if (layer.name === "") layer.name = layer.options.name ?? layer.kind; // for errors, until the model names it
  for (const input of inputs) {
    if (!(input instanceof SymbolicTensor)) {
      throw new TypeError(
        `${layer.name}: expected tensors made by input() or a layer's apply(), got ${describe(input)}`,
      );
    }
  }
  expectInputCount(layer, inputs.length);
  if (layer.takesIds && inputs[0].node.layer) {
    throw new RangeError(
      `${layer.name}: expected token ids, an input of the model, got the output of layer "${inputs[0].node.layer.name}"; ` +
        "ids come first",
    );
  }
  const node: Node = { layer, inputs, outputs: [] };
  const shapes = layer.outputShapes(inputs.map(input => input.shape));
  node.outputs = shapes.map((shape, index) => new SymbolicTensor(shape, node, index));
  return node.outputs;
}

/** All nodes that the outputs depend on, each after those it reads. */
export function sortNodes(outputs: readonly SymbolicTensor[]): Node[] {
  const sorted = new Set<Node>();
  for (const output of outputs) {
    // A list instead of recursion: a file may hold a chain longer than the call stack.
    const path = [output.node];
    for (let node = path.at(-1); node; node = path.at(-1)) {
      const next = node.inputs.find(input => !sorted.has(input.node));
      if (next) path.push(next.node);
      else {
        sorted.add(node);
        path.pop();
      }
    }
  }
  return [...sorted];
}
