/** Ops that compute along axes: products, sums, softmax, normalization by features. */
import type { SymbolicTensor } from "../../layer/layer.ts";
import { activation } from "../../layers/activation.ts";
import { layerNormalization } from "../../layers/layerNormalization.ts";
import { multiply } from "../../ops/arithmetic.ts";
import { logSoftmax } from "../../ops/logSoftmax.ts";
import { matmul as matmulOp } from "../../ops/matmul.ts";
import { max, mean, sum } from "../../ops/reduce.ts";
import { abs, sqrt, square } from "../../ops/unary.ts";
import type { Building, Handler } from "./building.ts";
import { calculatedKnown, expandedKnown, filled, floatsOf, type Known, numberOf, transposedKnown } from "./known.ts";
import { type GraphNode, isView, rankOf } from "./node.ts";
import { exact } from "./numbers.ts";
import { refuse } from "./refuse.ts";
import { product, showAll, whole } from "./sizes.ts";
import { atom, batchPlace, placeOf, settled, shapeOf, sizeOfGroup, type View, withAxis, without } from "./view.ts";

type Unary = (x: SymbolicTensor) => SymbolicTensor;

const softmax =
  (compute: Unary): Handler =>
  node => {
    const view = node.view(0);
    const rank = view.axes.length;
    const axis = node.axis(node.int("axis", node.opset < 13 ? 1 : -1), rank);
    // Before version 13 all axes from this one on were one row.
    if (node.opset < 13 && product(view.axes.slice(axis + 1).map(sizeOfGroup)) !== 1)
      refuse(`axis ${axis} of ${rank} in version ${node.opset}, where it is over several axes; the last one is read`);
    const own = settled(view, axis);
    return [{ ...own, symbol: compute(own.symbol) }];
  };

const reduce =
  (compute: typeof sum, before: Unary = x => x, after: Unary = x => x): Handler =>
  node => {
    const view = node.view(0);
    const given = node.axes(1);
    const keep = node.int("keepdims", 1) !== 0;
    const noop = node.int("noop_with_empty_axes", 0) !== 0;
    if (!given?.length) return noop ? [view] : refuse("over all axes, the batch's too; samples are independent here");
    const axes = given.map(axis => node.axis(axis, view.axes.length));
    const own = settled(view);
    const over = axes.map(axis => placeOf(own, axis)).sort((a, b) => a - b);
    if (over[0] === 0) refuse("over the batch's axis; samples are independent here");
    const symbol = after(compute(before(own.symbol), { axis: over, keepdims: true }));
    const masked = over[0] === 1 ? undefined : own.masked;
    const result = axes.reduce((each, axis) => withAxis(each, axis, symbol, [], masked), own);
    return [keep ? result : without(result, axes)];
  };

/** x·kernel + bias on the last axis. */
function times(
  building: Building,
  view: View,
  kernel: Known,
  bias: Float32Array | undefined,
  name: string | undefined,
) {
  const rank = view.axes.length;
  const own = settled(view, rank - 1);
  const [C, units] = kernel.shape as number[];
  if (sizeOfGroup(own.axes[rank - 1]) !== C)
    refuse(`expected ${C} features for a matrix of ${showAll(kernel.shape)}, got ${showAll(shapeOf(view))}`);
  const symbol = building.dense(own.symbol, floatsOf(kernel, "the matrix"), units, bias, name);
  return withAxis(own, rank - 1, symbol, [atom(units)], own.masked);
}

function expectMatrix({ shape }: Known): void {
  const fits = shape.length === 2 && shape.every(n => typeof n === "number" && n > 0);
  if (!fits) refuse(`expected a matrix, got ${showAll(shape)}`);
}

/** The same number everywhere times a matrix, as an unrolled loop begins with zeros. */
function knownProduct(known: Known, matrix: Known, bias?: Float32Array): Known {
  const units = whole(matrix.shape[1], "the matrix");
  const [factor, numbers] = [numberOf(known), floatsOf(matrix, "the matrix")];
  const data = Float32Array.from({ length: units }, (_, i) => bias?.[i] ?? 0);
  for (const [i, n] of numbers.entries()) data[i % units] += factor * n;
  return expandedKnown({ shape: [units], data, float: true }, [...known.shape.slice(0, -1), units]);
}

/** What is computed, or a number everywhere, times a matrix of constants. */
function withMatrix(node: GraphNode, building: Building, matrix: Known, bias: Float32Array | undefined) {
  const first = node.needed(0);
  expectMatrix(matrix);
  return isView(first)
    ? times(building, node.view(0), matrix, bias, node.proto.name)
    : knownProduct(first, matrix, bias);
}

const matmul: Handler = (node, building) => {
  const b = node.needed(1);
  const rank = rankOf(node.needed(0));
  if (!isView(b) && b.shape.length > 1) return [withMatrix(node, building, b, node.addend)];
  const a = node.view(0);
  if (!isView(b)) {
    const column = { ...b, shape: [...b.shape, 1] };
    return [without(times(building, a, column, undefined, node.proto.name), [rank - 1])];
  }
  const [x, y] = [a, node.view(1)].map(view => settled(view));
  const batch = batchPlace(x);
  const pairs = y.axes.length === rank && batchPlace(y) === batch && batch < rank - 2;
  if (!pairs || x.layout.length !== y.layout.length)
    refuse(
      `${showAll(shapeOf(x))} times ${showAll(shapeOf(y))}: products of each pair [N, …, M, K], [N, …, K, L] are read`,
    );
  const masked = x.layout.length === 2 ? x.masked : undefined;
  // Of a tensor times itself both axes are the same steps, and still two axes.
  const columns = y.axes[rank - 1].map(each => ({ ...each }));
  return [withAxis(x, rank - 1, matmulOp(x.symbol, y.symbol), columns, masked)];
};

const gemm: Handler = (node, building) => {
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  if (node.int("transA", 0) !== 0) refuse("transA is 1: samples of a batch would be joined");
  const [B, C] = [node.known(1, "B"), node.maybeKnown(2, "C")];
  expectMatrix(B);
  const turned = node.int("transB", 0) !== 0 ? transposedKnown(B, [1, 0]) : B;
  const kernel = alpha === 1 ? turned : calculatedKnown("Mul", [turned, filled([], alpha, true)]);
  return [withMatrix(node, building, kernel, C && rowOf(C, turned.shape[1] as number, beta))];
};

/** A constant as a row of so many numbers, times a factor. */
export function rowOf(known: Known, size: number, factor = 1): Float32Array {
  const last = known.shape[known.shape.length - 1] ?? 1;
  if (product(known.shape) !== last || (last !== 1 && last !== size))
    refuse(`expected a constant of ${size} numbers, got ${showAll(known.shape)}`);
  const numbers = floatsOf({ ...known, shape: [last] }, "a constant");
  return Float32Array.from({ length: size }, (_, i) => numbers[last === 1 ? 0 : i] * factor);
}

const layerNorm: Handler = (node, building) => {
  const view = node.view(0);
  const rank = view.axes.length;
  const axis = node.axis(node.int("axis", -1), rank);
  if (axis !== rank - 1) refuse(`axis ${axis} of ${rank}: it is over the last one here`);
  if (node.int("stash_type", 1) !== 1) refuse("stash_type: sums are of float32 here");
  const epsilon = node.float("epsilon", Math.fround(1e-5));
  const own = settled(view, axis);
  const size = sizeOfGroup(own.axes[axis]) as number;
  const gamma = rowOf(node.known(1, "Scale"), size);
  const B = node.maybeKnown(2, "B");
  if (node.wanted[1] || node.wanted[2]) refuse("Mean and InvStdDev are not made");
  const layer = layerNormalization({
    epsilon: exact(epsilon),
    center: B !== undefined,
    ...building.name(node.proto.name),
  });
  return [{ ...own, symbol: building.one(layer, own.symbol, { gamma, ...(B && { beta: rowOf(B, size) }) }) }];
};

const minus: Unary = x => multiply(x, -1);
export const PRODUCTS: Readonly<Record<string, Handler>> = {
  Gemm: gemm,
  LayerNormalization: layerNorm,
  LogSoftmax: softmax(logSoftmax),
  MatMul: matmul,
  ReduceL1: reduce(sum, abs),
  ReduceL2: reduce(sum, square, sqrt),
  ReduceMax: reduce(max),
  ReduceMean: reduce(mean),
  ReduceMin: reduce(max, minus, minus),
  ReduceSum: reduce(sum),
  ReduceSumSquare: reduce(sum, square),
  Softmax: softmax(x => activation({ activation: "softmax" }).apply(x)),
};
