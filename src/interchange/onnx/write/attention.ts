/** Attention as products, sums and a softmax of ONNX. */
import { queryValueKey } from "../../../layers/attention.ts";
import { constant, optionsOf, type Writer, type Writing } from "./writing.ts";

/** What each query takes of the values, [N, …, Q, K], of scores. */
function shares({ graph, layer }: Writing, scores: string): string {
  const name = layer.name;
  if (!optionsOf(layer).useCausalMask) return graph.node("Softmax", [scores], `${name}/shares`, { axis: -1 });
  // So far below any score that e to it is 0, where a value comes later than the query.
  const shape = graph.node("Shape", [scores], `${name}/shape`);
  const far = graph.node("Expand", [graph.number(-1e9), shape], `${name}/far`);
  const later = graph.node("Trilu", [far, graph.whole(1)], `${name}/later`, { upper: 1 });
  return graph.node("Softmax", [graph.node("Add", [scores, later], `${name}/causal`)], `${name}/shares`, { axis: -1 });
}

/** Sums of tanh(query + key), of each query and each key. */
function additive({ graph, layer }: Writing, query: string, key: string, weight: string | undefined): string {
  const apart = (x: string, axis: number) => graph.node("Unsqueeze", [x, graph.whole([axis])], `${layer.name}/apart`);
  const sum = graph.node("Add", [apart(query, 2), apart(key, 1)], `${layer.name}/pairs`);
  const bent = graph.node("Tanh", [sum], `${layer.name}/tanh`);
  const scaled = weight === undefined ? bent : graph.node("Mul", [bent, weight], `${layer.name}/weighted`);
  return graph.node("ReduceSum", [scaled, graph.whole([3])], `${layer.name}/scores`, { keepdims: 0 });
}

const oneHead =
  (scores: (writing: Writing, query: string, key: string) => string): Writer =>
  writing => {
    const { graph, layer, inputs } = writing;
    const [query, value, key] = queryValueKey(inputs);
    const own = shares(writing, scores(writing, query, key));
    return [graph.node("MatMul", [own, value], layer.name), own];
  };

export const attention: Writer = oneHead((writing, query, key) => {
  const { graph, layer } = writing;
  const { useScale, scoreMode } = optionsOf(layer);
  const scaled = (x: string): string =>
    useScale ? graph.node("Mul", [x, constant(writing, "scale")], `${layer.name}/scaled`) : x;
  if (scoreMode === "concat")
    return additive(writing, scaled(query), scaled(key), constant(writing, "concatScoreWeight"));
  const turned = graph.node("Transpose", [key], `${layer.name}/turned`, { perm: [0, 2, 1] });
  return scaled(graph.node("MatMul", [query, turned], `${layer.name}/scores`));
});

export const additiveAttention: Writer = oneHead((writing, query, key) =>
  additive(writing, query, key, writing.has("scale") ? constant(writing, "scale") : undefined),
);

export const multiHeadAttention: Writer = writing => {
  const { graph, layer, inputs } = writing;
  const { numHeads, keyDim, valueDim } = optionsOf(layer) as { numHeads: number; keyDim: number; valueDim: number };
  const [query, value, key] = queryValueKey(inputs);
  /** x times a kernel, whose heads lie side by side. */
  const projected = (x: string, part: string, name: string): string => {
    const { shape, data } = writing.weight(`${part}Kernel`);
    const C = part === "output" ? shape[0] * shape[1] : shape[0];
    const units = data.length / C;
    const kernel = graph.constant(`${layer.name}/${part}Kernel`, [C, units], () => data);
    const product = graph.node("MatMul", [x, kernel], name);
    if (!writing.has(`${part}Bias`)) return product;
    const bias = graph.constant(`${layer.name}/${part}Bias`, [units], () => writing.weight(`${part}Bias`).data);
    return graph.node("Add", [product, bias], `${name}/sum`);
  };
  /** [N, T, heads·size] as [N, heads, T, size], or with the last two axes turned. */
  const heads = (x: string, part: string, size: number, perm: readonly number[]): string => {
    const name = `${layer.name}/${part}`;
    const split = graph.node(
      "Reshape",
      [projected(x, part, name), graph.whole([0, 0, numHeads, size])],
      `${name}/heads`,
    );
    return graph.node("Transpose", [split], `${name}/turned`, { perm });
  };
  const pairs = [heads(query, "query", keyDim, [0, 2, 1, 3]), heads(key, "key", keyDim, [0, 2, 3, 1])];
  const product = graph.node("MatMul", pairs, `${layer.name}/products`);
  const own = shares(
    writing,
    graph.node("Mul", [product, graph.number(1 / Math.sqrt(keyDim))], `${layer.name}/scores`),
  );
  const seen = graph.node("MatMul", [own, heads(value, "value", valueDim, [0, 2, 1, 3])], `${layer.name}/seen`);
  const turned = graph.node("Transpose", [seen], `${layer.name}/steps`, { perm: [0, 2, 1, 3] });
  const flat = graph.node("Reshape", [turned, graph.whole([0, 0, numHeads * valueDim])], `${layer.name}/joined`);
  return [projected(flat, "output", layer.name), own];
};
