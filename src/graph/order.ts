/** The order in which a graph is computed, and that in which its layers are listed. Internal. */
import type { Layer, Node, SymbolicTensor } from "../layer/layer.ts";

/** Where tensors come from: a layer, used once or more often, or an input's node. */
export type Source = Layer | Node;

export const sourceOf = (node: Node): Source => node.layer ?? node;

/** The two orders of a graph. */
export interface GraphOrder {
  /** All nodes that the outputs depend on, each after those it reads. */
  readonly nodes: readonly Node[];
  /**
   * Inputs and layers as Keras lists them: what is deepest first, and at equal depth what a walk from the outputs, back
   * through the inputs of each node as they are listed, meets first. When a layer was made does not matter.
   */
  readonly sources: readonly Source[];
}

export function orderOf(outputs: readonly SymbolicTensor[]): GraphOrder {
  const sorted = new Set<Node>();
  const met = new Set<Source>();
  for (const output of outputs) {
    // A list instead of recursion: a file may hold a chain longer than the call stack.
    const path = [{ node: output.node, next: 0 }];
    for (let at = path.at(-1); at; at = path.at(-1)) {
      const { node } = at;
      met.add(sourceOf(node));
      while (at.next < node.inputs.length && sorted.has(node.inputs[at.next].node)) at.next++;
      if (at.next < node.inputs.length) path.push({ node: node.inputs[at.next].node, next: 0 });
      else {
        sorted.add(node);
        path.pop();
      }
    }
  }
  const nodes = [...sorted];
  const depths = depthsOf(nodes);
  const depthOf = (source: Source) => depths.get(source) ?? 0;
  return { nodes, sources: [...met].sort((a, b) => depthOf(b) - depthOf(a)) }; // stable: at equal depth as met
}

/**
 * How many steps it is from a source to an output, on the longest way. A layer that is used several times is as deep
 * as its deepest use, and, as in Keras, so are those of its uses that the way back from the outputs comes to later.
 *
 * @param nodes each after those it reads
 */
function depthsOf(nodes: readonly Node[]): Map<Source, number> {
  const depths = new Map<Source, number>();
  const least = new Map<Node, number>(); // what the readers of a node ask for
  for (let i = nodes.length - 1; i >= 0; i--) {
    const source = sourceOf(nodes[i]);
    const depth = Math.max(least.get(nodes[i]) ?? 0, depths.get(source) ?? 0);
    depths.set(source, depth);
    for (const { node } of nodes[i].inputs) least.set(node, Math.max(least.get(node) ?? 0, depth + 1));
  }
  return depths;
}
