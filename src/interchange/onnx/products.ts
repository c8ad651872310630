import { layerNormalization } from "../../layers/layerNormalization.ts";
import { logSoftmax } from "../../ops/logSoftmax.ts";
import { max, mean, sum } from "../../ops/reduce.ts";
import type { Building, Handler } from "./building.ts";
import { activated, type Unary } from "./elements.ts";
import { calculatedKnown, filled, floatsOf, type Known, matrixSizes, transposedKnown } from "./known.ts";
import { type GraphNode, isView, type Value } from "./node.ts";
import { exact } from "./numbers.ts";
import { further, refuse } from "./refuse.ts";
import { product, showAll } from "./sizes.ts";
import { atom, placeOf, settled, shapeOf, sizeOfGroup, type View, withAxis, without } from "./view.ts";

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

export const reduce =
  (compute: typeof sum, before: Unary = x => x, after: Unary = x => x): Handler =>
  node => {
    const view = node.view(0);
    const given = node.wholes(1, "axes");
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
export function times(
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

function matrixOf(node: GraphNode): Known {
  const matrix = node.known(1, "the matrix");
  matrixSizes(matrix);
  return matrix;
}

/**
 * What is multiplied with a matrix of constants.
 *
 * @param ofKnown a constant with one
 * @param others what is no product with a matrix
 */
export function productsWith(
  ofKnown: (known: Known, matrix: Known, bias?: Float32Array) => Known,
  others: Handler,
): Readonly<Record<string, Handler>> {
  const product = (node: GraphNode, building: Building, matrix: Known, bias: Float32Array | undefined): Value[] => {
    const first = node.needed(0);
    return [
      isView(first) ? times(building, node.view(0), matrix, bias, node.proto.name) : ofKnown(first, matrix, bias),
    ];
  };
  return {
    Gemm: (node, building) => {
      const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
      if (node.int("transA", 0) !== 0) refuse("transA is 1: samples of a batch would be joined");
      const [B, C] = [matrixOf(node), node.maybeKnown(2, "C")];
      const turned = node.int("transB", 0) !== 0 ? transposedKnown(B, [1, 0]) : B;
      const kernel = alpha === 1 ? turned : calculatedKnown("Mul", [turned, filled([], alpha, true)]);
      return product(node, building, kernel, C && rowOf(C, turned.shape[1] as number, beta));
    },
    MatMul: (node, building) => {
      const b = node.needed(1);
      return isView(b) || b.shape.length < 2
        ? others(node, building)
        : product(node, building, matrixOf(node), node.addend);
    },
  };
}

/** Whether a constant has one number, or so many in a row. */
export function isRow({ shape }: Known, size: number): boolean {
  const all = product(shape);
  return (all === 1 || all === size) && all === (shape[shape.length - 1] ?? 1);
}

/** A constant as a row of so many numbers, times a factor. */
export function rowOf(known: Known, size: number, factor = 1): Float32Array {
  if (!isRow(known, size)) refuse(`expected a constant of ${size} numbers, got ${showAll(known.shape)}`);
  const numbers = floatsOf(known, "a constant");
  return Float32Array.from({ length: size }, (_, i) => numbers[i % numbers.length] * factor);
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

export const PRODUCTS: Readonly<Record<string, Handler>> = {
  ...productsWith(
    () => further("a constant times a matrix"),
    () => further("a product of two that are computed from the inputs, or with a row"),
  ),
  LayerNormalization: layerNorm,
  LogSoftmax: softmax(logSoftmax),
  ReduceMax: reduce(max),
  ReduceMean: reduce(mean),
  ReduceSum: reduce(sum),
  Softmax: softmax(activated("softmax")),
};
