/** Ops that compute: element by element, products, sums over axes, normalizations. */
import type { Activation } from "../../activations.ts";
import type { SymbolicTensor } from "../../layer/layer.ts";
import { layerNormalization } from "../../layers/layerNormalization.ts";
import { add as addLayer, multiply as multiplyLayer, subtract as subtractLayer } from "../../layers/merging.ts";
import { add, divide, maximum, minimum, multiply, subtract } from "../../ops/arithmetic.ts";
import { exp } from "../../ops/exp.ts";
import { logSoftmax } from "../../ops/logSoftmax.ts";
import { matmul as matmulOp } from "../../ops/matmul.ts";
import { max, mean, sum } from "../../ops/reduce.ts";
import { abs, log, sqrt, square } from "../../ops/unary.ts";
import type { Building, Handler } from "./building.ts";
import { calculatedKnown, floatsOf, type Known, transposedKnown, uniform } from "./known.ts";
import { type GraphNode, isView } from "./node.ts";
import { exact, hardSigmoidOf, isNear } from "./numbers.ts";
import { product, showAll } from "./sizes.ts";
import { agree, atom, batchAxis, type Group, settled, shapeOf, sizeOfGroup, type View } from "./view.ts";

/** An activation; where it has attributes, they must be those that ours has. */
const activation =
  (name: Activation, attributes: Readonly<Record<string, number>> = {}): Handler =>
  (node, building) => {
    for (const [attribute, value] of Object.entries(attributes)) {
      const given = node.float(attribute, value);
      if (Math.abs(given - value) > 1e-4) throw new RangeError(`${attribute} is ${given}, and ${value} is there alone`);
    }
    return [building.activation(node.view(0), name)];
  };

/** x where it is above 0, slope·x elsewhere. */
const leakyRelu: Handler = (node, building) => {
  const slope = node.float("alpha", 0.01);
  const view = node.view(0);
  if (isNear(slope, 0.2)) return [building.activation(view, "leakyRelu")];
  if (!(slope >= 0 && slope <= 1)) throw new RangeError(`alpha is ${slope}; those of 0 to 1 are read`);
  return [{ ...view, symbol: maximum(view.symbol, multiply(view.symbol, slope)) }];
};

const hardSigmoid: Handler = (node, building) => {
  const [alpha, beta] = [node.float("alpha", 0.2), node.float("beta", 0.5)];
  if (!(alpha > 0)) throw new RangeError(`alpha is ${alpha}; those above 0 are read`);
  return [building.activation(node.view(0), hardSigmoidOf(alpha, beta))];
};

const unary =
  (compute: (x: SymbolicTensor) => SymbolicTensor, known?: (n: number) => number): Handler =>
  node => {
    const value = node.needed(0);
    if (isView(value)) return [{ ...value, symbol: compute(node.view(0).symbol) }];
    if (!known) throw new RangeError("of a constant");
    const data = floatsOf(value, "the constant").map(known);
    return [{ ...value, data: value.data ? data : data.slice(0, 1) }];
  };

const softmax =
  (compute: (building: Building, x: View) => View): Handler =>
  (node, building) => {
    const view = node.view(0);
    const rank = view.axes.length;
    const axis = node.axis(node.int("axis", node.opset < 13 ? 1 : -1), rank);
    // Before version 13 all axes from this one on were one row.
    if (node.opset < 13 && axis !== rank - 1 && product(view.axes.slice(axis + 1).map(sizeOfGroup)) !== 1) {
      throw new RangeError(
        `axis ${axis} of ${rank} in version ${node.opset}, where it is over several axes; the last one is read`,
      );
    }
    return [compute(building, settled(view, axis).view)];
  };

const BINARY: Readonly<Record<string, (a: SymbolicTensor | number, b: SymbolicTensor | number) => SymbolicTensor>> = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Max: maximum,
  Min: minimum,
};
type Both = (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor;
const BROADCAST: Readonly<Record<string, Both>> = {
  Add: (a, b) => addLayer().apply([a, b]),
  Sub: (a, b) => subtractLayer().apply([a, b]),
  Mul: (a, b) => multiplyLayer().apply([a, b]),
  Div: (a, b) => multiplyLayer().apply([a, divide(1, b)]),
};

/** A constant beside what is computed: a number, or one for each element of one axis. */
function withKnown(node: GraphNode, building: Building, view: View, known: Known, first: boolean): View {
  const { op } = node;
  const value = uniform(known);
  const sizes = shapeOf(view);
  const rank = known.shape.length;
  const fits =
    rank <= sizes.length &&
    known.shape.every((n, i) => n === 1 || String(n) === String(sizes[sizes.length - rank + i]));
  if (!fits)
    throw new RangeError(`a constant of ${showAll(known.shape)} beside ${showAll(sizes)} would make it larger`);
  if (typeof value === "number")
    return {
      ...view,
      symbol: BINARY[op](...((first ? [value, view.symbol] : [view.symbol, value]) as [never, never])),
    };
  const own = known.shape.flatMap((n, i) => (n === 1 ? [] : [sizes.length - rank + i]));
  const numbers = floatsOf(known, "the constant");
  if (own.length !== 1)
    throw new RangeError(`a constant of ${showAll(known.shape)}: one for each element of several axes is not there`);
  const [axis] = own;
  const size = numbers.length;
  if (op === "Add") return building.affine(view, axis, undefined, numbers, size);
  if (op === "Sub") {
    const minus = numbers.map(n => -n);
    return first
      ? building.affine(view, axis, new Float32Array(size).fill(-1), numbers, size)
      : building.affine(view, axis, undefined, minus, size);
  }
  if (op === "Mul") return building.affine(view, axis, numbers, undefined, size);
  throw new RangeError(`a constant of ${showAll(known.shape)} in ${op}; a number is read`);
}

function together(node: GraphNode, a: View, b: View): View {
  const rank = Math.max(a.axes.length, b.axes.length);
  const padded = (view: View): View => ({
    ...view,
    axes: [...new Array<Group>(rank - view.axes.length).fill([]), ...view.axes],
  });
  const [left, right] = [padded(a), padded(b)];
  if (batchAxis(left) !== batchAxis(right)) throw new RangeError("the batch is on different axes of the two");
  const [x, y] = [settled(left).view, settled(right).view];
  const sizes = (view: View) => view.axes.map(sizeOfGroup);
  const alike = sizes(x).every(
    (size, i) => size === sizes(y)[i] || (size !== 1 && sizes(y)[i] !== 1 && agree(x.axes[i], y.axes[i])),
  );
  const axes = x.axes.map((group, i) => (sizes(x)[i] === 1 ? y.axes[i] : group));
  const batch = batchAxis(x);
  const layout = axes.filter((_, i) => i !== batch);
  // One batch is that of both.
  const own = axes.map((group, i) => (i === batch ? [x.batch] : group));
  const compute = alike ? BINARY[node.op] : undefined;
  const broadcast = BROADCAST[node.op];
  if (!compute && !broadcast) {
    throw new RangeError(`${showAll(sizes(x))} and ${showAll(sizes(y))}: of one shape they are read`);
  }
  const symbol = compute ? compute(x.symbol, y.symbol) : broadcast(x.symbol, y.symbol);
  return { ...x, symbol, layout, axes: own, masked: x.masked === y.masked ? x.masked : undefined };
}

const binary: Handler = (node, building) => {
  node.without("broadcast"); // of version 6, whose other form is refused with its axis
  if (node.inputCount > 2) throw new RangeError(`${node.inputCount} inputs; two are read`);
  const [a, b] = [node.needed(0), node.needed(1)];
  if (!isView(a) && !isView(b)) {
    const isFloat = (known: Known) => known.data instanceof Float32Array;
    return [calculatedKnown(node.op, a, b, !isFloat(a) && !isFloat(b))];
  }
  if (!isView(a)) return [withKnown(node, building, node.view(1), a, true)];
  if (!isView(b)) return [withKnown(node, building, node.view(0), b, false)];
  return [together(node, node.view(0), node.view(1))];
};

const clip: Handler = node => {
  const view = node.view(0);
  const bound = (i: number, name: string): number | undefined => {
    const known = node.maybeKnown(i, name);
    const value = known ? uniform(known) : node.float(name);
    if (known && typeof value !== "number") throw new RangeError(`${name}: expected a number`);
    return value as number | undefined;
  };
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  let { symbol } = view;
  if (low !== undefined && low > -3e38) symbol = maximum(symbol, low);
  if (high !== undefined && high < 3e38) symbol = minimum(symbol, high);
  return [{ ...view, symbol }];
};

const pow: Handler = node => {
  const view = node.view(0);
  const power = uniform(node.known(1, "the exponent"));
  if (power === 1) return [view];
  if (power === 2) return [{ ...view, symbol: square(view.symbol) }];
  if (power === 0.5) return [{ ...view, symbol: sqrt(view.symbol) }];
  throw new RangeError(`the exponent ${String(power)}; 2, 1 and 0.5 are read`);
};

const reduce =
  (compute: typeof sum): Handler =>
  node => {
    const view = node.view(0);
    const given = node.ints("axes") ?? (node.input(1) ? node.sizes(1, "axes").map(Number) : undefined);
    const keep = node.int("keepdims", 1) !== 0;
    if (!given?.length) {
      if (node.int("noop_with_empty_axes", 0) !== 0) return [view];
      throw new RangeError("over all axes, the batch's too; samples are independent here");
    }
    node.int("noop_with_empty_axes", 0);
    const axes = given.map(axis => node.axis(axis, view.axes.length));
    const { view: own, places } = settled(view);
    if (axes.some(axis => places[axis] === 0))
      throw new RangeError("over the batch's axis; samples are independent here");
    const symbol = compute(own.symbol, { axis: axes.map(axis => places[axis]).sort((a, b) => a - b), keepdims: true });
    const one: Group = [atom(1)];
    const reduced = own.axes.map((group, i) => (axes.includes(i) ? [...one] : group));
    const layout = own.axes
      .map((_, i) => i)
      .filter(i => places[i] > 0)
      .sort((a, b) => places[a] - places[b]);
    const result: View = {
      ...own,
      symbol,
      axes: reduced.map((group, i) => (axes.includes(i) ? [] : group)),
      layout: layout.map(i => (axes.includes(i) ? [] : own.axes[i])),
      masked: axes.some(axis => places[axis] === 1) ? undefined : own.masked,
    };
    return [keep ? result : { ...result, axes: result.axes.filter((_, i) => !axes.includes(i)) }];
  };

/** x·kernel + bias on the last axis. */
function product2(
  building: Building,
  view: View,
  kernel: Known,
  bias: Float32Array | undefined,
  name: string | undefined,
): View {
  const rank = view.axes.length;
  const { view: own } = settled(view, rank - 1);
  const [C, units] = kernel.shape as number[];
  if (sizeOfGroup(own.axes[rank - 1]) !== C)
    throw new RangeError(
      `expected ${C} features for a matrix of ${showAll(kernel.shape)}, got ${showAll(shapeOf(view))}`,
    );
  const symbol = building.dense(own.symbol, floatsOf(kernel, "the matrix"), units, bias, name);
  const group: Group = [atom(units)];
  return { ...own, symbol, layout: [...own.layout.slice(0, -1), group], axes: [...own.axes.slice(0, -1), group] };
}

const isMatrix = ({ shape }: Known): boolean => shape.length === 2 && shape.every(n => typeof n === "number" && n > 0);

const matmul: Handler = (node, building) => {
  const [a, b] = [node.view(0, "the first factor"), node.needed(1)];
  if (!isView(b)) {
    if (!isMatrix(b)) throw new RangeError(`expected a matrix, got ${showAll(b.shape)}`);
    return [product2(building, a, b, node.addend, node.proto.name)];
  }
  const [x, y] = [settled(a, undefined).view, settled(node.view(1), undefined).view];
  const rank = x.axes.length;
  if (rank < 3 || rank !== y.axes.length || batchAxis(x) !== 0 || batchAxis(y) !== 0) {
    throw new RangeError(
      `${showAll(shapeOf(x))} times ${showAll(shapeOf(y))}: products of each pair [N, …, M, K], [N, …, K, L] are read`,
    );
  }
  const symbol = matmulOp(x.symbol, y.symbol);
  const last = y.axes[rank - 1];
  const masked = rank === 3 ? x.masked : undefined;
  return [{ ...x, symbol, layout: [...x.layout.slice(0, -1), last], axes: [...x.axes.slice(0, -1), last], masked }];
};

const gemm: Handler = (node, building) => {
  const view = node.view(0, "A");
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  if (node.int("transA", 0) !== 0) throw new RangeError("transA is 1: samples of a batch would be joined");
  const B = node.known(1, "B");
  const C = node.maybeKnown(2, "C");
  if (!isMatrix(B) || view.axes.length !== 2)
    throw new RangeError(`A and B: expected two matrices, got ${showAll(shapeOf(view))} and ${showAll(B.shape)}`);
  const turned = node.int("transB", 0) !== 0 ? transposedKnown(B, [1, 0]) : B;
  const scaled = (known: Known, factor: number): Float32Array =>
    factor === 1 ? floatsOf(known, "a constant") : floatsOf(known, "a constant").map(n => n * factor);
  const units = turned.shape[1] as number;
  const bias = C && rowOf(C, units, beta);
  return [product2(building, view, { ...turned, data: scaled(turned, alpha) }, bias, node.proto.name)];
};

/** A constant as a row of so many numbers, times a factor. */
export function rowOf(known: Known, size: number, factor = 1): Float32Array {
  const last = known.shape[known.shape.length - 1] ?? 1;
  if (product(known.shape) !== last || (last !== 1 && last !== size))
    throw new RangeError(`expected a constant of ${size} numbers, got ${showAll(known.shape)}`);
  const numbers = floatsOf({ ...known, shape: [last] }, "a constant");
  return Float32Array.from({ length: size }, (_, i) => numbers[last === 1 ? 0 : i] * factor);
}

const layerNorm: Handler = (node, building) => {
  const view = node.view(0);
  const rank = view.axes.length;
  const axis = node.axis(node.int("axis", -1), rank);
  if (axis !== rank - 1) throw new RangeError(`axis ${axis} of ${rank}: it is over the last one here`);
  if (node.int("stash_type", 1) !== 1) throw new RangeError("stash_type: sums are of float32 here");
  const epsilon = node.float("epsilon", Math.fround(1e-5));
  const { view: own } = settled(view, axis);
  const size = sizeOfGroup(own.axes[axis]) as number;
  const gamma = rowOf(node.known(1, "Scale"), size);
  const B = node.maybeKnown(2, "B");
  if (node.wanted[1] || node.wanted[2]) throw new RangeError("Mean and InvStdDev are not made");
  const layer = layerNormalization({
    epsilon: exact(epsilon),
    center: B !== undefined,
    ...building.name(node.proto.name),
  });
  return [{ ...own, symbol: building.one(layer, own.symbol, { gamma, ...(B && { beta: rowOf(B, size) }) }) }];
};

export const MATHS: Readonly<Record<string, Handler>> = {
  Abs: unary(abs, Math.abs),
  Add: binary,
  Clip: clip,
  Div: binary,
  Elu: activation("elu", { alpha: 1 }),
  Exp: unary(exp),
  Gemm: gemm,
  HardSigmoid: hardSigmoid,
  LayerNormalization: layerNorm,
  LeakyRelu: leakyRelu,
  Log: unary(log),
  LogSoftmax: softmax((_, view) => ({ ...view, symbol: logSoftmax(view.symbol) })),
  MatMul: matmul,
  Max: binary,
  Min: binary,
  Mul: binary,
  Neg: unary(
    x => multiply(x, -1),
    n => -n,
  ),
  Pow: pow,
  ReduceMax: reduce(max),
  ReduceMean: reduce(mean),
  ReduceSum: reduce(sum),
  Relu: activation("relu"),
  Sigmoid: activation("sigmoid"),
  Softmax: softmax((building, view) => building.activation(view, "softmax")),
  Selu: activation("selu", { alpha: 1.67326, gamma: 1.0507 }),
  Softplus: activation("softplus"),
  Softsign: activation("softsign"),
  Sqrt: unary(sqrt, Math.sqrt),
  Sub: binary,
  Tanh: activation("tanh"),
};
