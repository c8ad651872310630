/** Keras' order of layers, on graphs of plain numbers: `map_graph` of Keras 3 (keras/src/ops/function.py), line by line. */
import type { GraphOrder, GraphTensor } from "../fixtures/load.ts";

/** @returns the numbers of the layers that the outputs depend on */
export function kerasOrder(inputs: number, calls: GraphOrder[1], outputs: GraphOrder[2]): number[] {
  // A node is an input or a call of an operation; an operation is an input layer (below 0) or a layer.
  const operationOf = (node: number) => (node < inputs ? node - inputs : calls[node - inputs][0]);
  const parentsOf = (node: number) => {
    const [, ...from] = node < inputs ? [0] : calls[node - inputs];
    return (from as GraphTensor[]).map(([parent]) => parent);
  };

  // _build_map: a walk from every output to all it is made of.
  const inDecreasingDepth: number[] = [];
  const operationIndices: number[] = [];
  const visit = (node: number): void => {
    if (inDecreasingDepth.includes(node)) return;
    if (!operationIndices.includes(operationOf(node))) operationIndices.push(operationOf(node));
    for (const parent of parentsOf(node)) visit(parent);
    inDecreasingDepth.push(node);
  };
  for (const [node] of outputs) visit(node);

  const nodeDepths: Record<number, number> = {};
  const operationDepths: Record<number, number> = {};
  for (const node of [...inDecreasingDepth].reverse()) {
    const operation = operationOf(node);
    const depth = Math.max(nodeDepths[node] ?? 0, operationDepths[operation] ?? 0);
    operationDepths[operation] = depth;
    nodeDepths[node] = depth;
    for (const parent of parentsOf(node)) nodeDepths[parent] = Math.max(depth + 1, nodeDepths[parent] ?? 0);
  }

  const deepest = Math.max(...Object.values(operationDepths));
  const operations: number[] = [];
  for (let depth = deepest; depth >= 0; depth--) {
    operations.push(...operationIndices.filter(operation => operationDepths[operation] === depth));
  }
  return operations.filter(operation => operation >= 0);
}
