/** Ops on the tensors of functional models as nodes of ONNX. */
import { reversed } from "./recurrent.ts";
import { activated, optionsOf, type Writer, type Writing } from "./writing.ts";

/** The op's own options. */
const own = ({ layer }: Writing): Record<string, unknown> => optionsOf(layer).options as Record<string, unknown>;

const arithmetic =
  (op: string): Writer =>
  writing => {
    const { graph, layer, inputs } = writing;
    const { a, b } = own(writing) as { a?: number; b?: number };
    const both =
      a !== undefined ? [graph.number(a), inputs[0]] : [inputs[0], b !== undefined ? graph.number(b) : inputs[1]];
    return [graph.node(op, both, layer.name)];
  };

const unary =
  (op: string): Writer =>
  ({ graph, layer, inputs }) => [graph.node(op, [inputs[0]], layer.name)];

/** An op that is an activation. */
const activation: Writer = writing => {
  const { op } = optionsOf(writing.layer);
  return [activated(writing, writing.inputs[0], { ...own(writing), name: op })];
};

const reduced =
  (op: string): Writer =>
  writing => {
    const { graph, layer, inputs, symbols } = writing;
    const { axis, keepdims = false } = own(writing) as { axis?: number | readonly number[]; keepdims?: boolean };
    const rank = symbols[0].shape.length + 1;
    const axes = axis === undefined ? Array.from({ length: rank - 1 }, (_, i) => i + 1) : [axis].flat();
    // Axes of a sum are an input from version 13 of the operators on, those of others from 18 on.
    const keep = { keepdims: Number(keepdims) };
    if (op === "ReduceSum") return [graph.node(op, [inputs[0], graph.whole(axes)], layer.name, keep)];
    return [graph.node(op, [inputs[0]], layer.name, { axes, ...keep })];
  };

const sliced = (writing: Writing, axis: number): string[] => {
  const { graph, layer, inputs } = writing;
  const { begin, end } = own(writing) as { begin: number; end: number };
  return [graph.node("Slice", [inputs[0], ...[begin, end, axis].map(n => graph.whole([n]))], layer.name)];
};

/** A choice, by what is not 0. */
const where: Writer = writing => {
  const { graph, layer, inputs } = writing;
  const { a, b } = own(writing) as { a?: number; b?: number };
  const [condition, ...others] = inputs;
  const size = graph.node("Abs", [condition], `${layer.name}/size`);
  const truth = graph.node("Greater", [size, graph.number(0)], `${layer.name}/truth`);
  const [one, two] = [a, b].map(n => (n === undefined ? (others.shift() as string) : graph.number(n)));
  return [graph.node("Where", [truth, one, two], layer.name)];
};

export const OPERATIONS: Readonly<Record<string, Writer>> = {
  abs: unary("Abs"),
  add: arithmetic("Add"),
  concat: ({ graph, layer, inputs }) => [graph.node("Concat", inputs, layer.name, { axis: -1 })],
  divide: arithmetic("Div"),
  erf: unary("Erf"),
  exp: unary("Exp"),
  gather: writing => {
    const { graph, layer, inputs } = writing;
    const { indices, axis = -1 } = own(writing) as { indices: readonly number[]; axis?: number };
    return [graph.node("Gather", [inputs[0], graph.whole(indices)], layer.name, { axis })];
  },
  greater: writing => {
    const [truth] = arithmetic("Greater")(writing);
    return [writing.graph.node("Cast", [truth], `${writing.layer.name}/number`, { to: 1 })];
  },
  log: unary("Log"),
  matmul: ({ graph, layer, inputs }) => [graph.node("MatMul", inputs, layer.name)],
  max: reduced("ReduceMax"),
  maximum: arithmetic("Max"),
  mean: reduced("ReduceMean"),
  minimum: arithmetic("Min"),
  multiply: arithmetic("Mul"),
  reshape: writing => {
    const { graph, layer, inputs } = writing;
    const { shape } = own(writing) as { shape: readonly number[] };
    return [graph.node("Reshape", [inputs[0], graph.whole([0, ...shape.slice(1)])], layer.name)];
  },
  reverse: writing => [reversed(writing, writing.inputs[0])],
  slice: writing => sliced(writing, -1),
  sliceAxis: writing => sliced(writing, own(writing).axis as number),
  sqrt: unary("Sqrt"),
  square: ({ graph, layer, inputs }) => [graph.node("Mul", [inputs[0], inputs[0]], layer.name)],
  stack: writing => {
    const { graph, layer, inputs } = writing;
    const { axis } = own(writing) as { axis: number };
    const parts = inputs.map(input => graph.node("Unsqueeze", [input, graph.whole([axis])], `${layer.name}/part`));
    return [graph.node("Concat", parts, layer.name, { axis })];
  },
  stopGradient: ({ inputs }) => [inputs[0]],
  subtract: arithmetic("Sub"),
  sum: reduced("ReduceSum"),
  where,
  transpose: writing => {
    const { graph, layer, inputs } = writing;
    return [graph.node("Transpose", [inputs[0]], layer.name, { perm: own(writing).axes as number[] })];
  },
};

export const operation: Writer = writing => (OPERATIONS[optionsOf(writing.layer).op as string] ?? activation)(writing);
