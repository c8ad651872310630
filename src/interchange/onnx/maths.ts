/** Ops that compute: element by element, products, sums over axes, normalizations. */
import type { Activation } from "../../activations.ts";
import type { SymbolicTensor } from "../../layer/layer.ts";
import { layerNormalization } from "../../layers/layerNormalization.ts";
import { add as addLayer, multiply as multiplyLayer, subtract as subtractLayer } from "../../layers/merging.ts";
import { hardSigmoid, softplus, tanh } from "../../ops/activation.ts";
import { add, divide, greater, maximum, minimum, multiply, subtract } from "../../ops/arithmetic.ts";
import { exp } from "../../ops/exp.ts";
import { logSoftmax } from "../../ops/logSoftmax.ts";
import { matmul as matmulOp } from "../../ops/matmul.ts";
import { max, mean, sum } from "../../ops/reduce.ts";
import { abs, log, sqrt, square } from "../../ops/unary.ts";
import { where as choose } from "../../ops/where.ts";
import type { Building, Handler } from "./building.ts";
import {
  broadcastSizes,
  calculatedKnown,
  expandedKnown,
  filled,
  floatsOf,
  type Known,
  pickedKnown,
  reshapedKnown,
  transposedKnown,
  uniform,
} from "./known.ts";
import { type GraphNode, isView, rankOf, sizesOf } from "./node.ts";
import { exact, hardSigmoidOf, isNear } from "./numbers.ts";
import { refuse } from "./refuse.ts";
import { product, same, showAll, whole } from "./sizes.ts";
import { agree, atom, batchPlace, type Group, settled, shapeOf, sizeOfGroup, type View, without } from "./view.ts";

type Unary = (x: SymbolicTensor) => SymbolicTensor;

/** An activation; where it has attributes, they must be those that ours has. */
const activation =
  (name: Activation, attributes: Readonly<Record<string, number>> = {}): Handler =>
  (node, building) => {
    for (const [attribute, value] of Object.entries(attributes)) {
      const given = node.float(attribute, value);
      if (Math.abs(given - value) > 1e-4) refuse(`${attribute} is ${given}, and ${value} is there alone`);
    }
    return [building.activation(node.view(0), name)];
  };

/** x where it is above 0, slope·x elsewhere. */
const leakyRelu: Handler = (node, building) => {
  const slope = node.float("alpha", 0.01);
  const view = node.view(0);
  if (isNear(slope, 0.2)) return [building.activation(view, "leakyRelu")];
  if (!(slope >= 0 && slope <= 1)) refuse(`alpha is ${slope}; those of 0 to 1 are read`);
  return [{ ...view, symbol: maximum(view.symbol, multiply(view.symbol, slope)) }];
};

const hardSigmoidNode: Handler = (node, building) => {
  const [alpha, beta] = [node.float("alpha", 0.2), node.float("beta", 0.5)];
  if (!(alpha > 0)) refuse(`alpha is ${alpha}; those above 0 are read`);
  return [building.activation(node.view(0), hardSigmoidOf(alpha, beta))];
};

const unary =
  (compute: Unary, known?: (n: number) => number): Handler =>
  node => {
    const value = node.needed(0);
    if (isView(value)) return [{ ...value, symbol: compute(node.view(0).symbol) }];
    if (!known) return refuse("of a constant");
    const { shape, float } = value;
    return [
      { shape, data: Array.from(value.data, n => (typeof n === "number" ? known(n) : refuse("of a size"))), float },
    ];
  };

/** The error function to 2e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26. */
const erf: Unary = x => {
  const size = abs(x);
  const t = divide(1, add(multiply(size, 0.3275911), 1));
  const terms = [-1.453152027, 1.421413741, -0.284496736, 0.254829592];
  const sum = terms.reduce<SymbolicTensor | number>((sum, term) => add(multiply(sum, t), term), 1.061405429);
  const value = subtract(1, multiply(multiply(sum, t), exp(multiply(square(x), -1))));
  return choose(greater(0, x), multiply(value, -1), value);
};

const softmax =
  (compute: (building: Building, x: View) => View): Handler =>
  (node, building) => {
    const view = node.view(0);
    const rank = view.axes.length;
    const axis = node.axis(node.int("axis", node.opset < 13 ? 1 : -1), rank);
    // Before version 13 all axes from this one on were one row.
    if (node.opset < 13 && product(view.axes.slice(axis + 1).map(sizeOfGroup)) !== 1)
      refuse(`axis ${axis} of ${rank} in version ${node.opset}, where it is over several axes; the last one is read`);
    return [compute(building, settled(view, axis).view)];
  };

type Both = (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor;
const BINARY: Readonly<Record<string, (a: SymbolicTensor | number, b: SymbolicTensor | number) => SymbolicTensor>> = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Max: maximum,
  Min: minimum,
  Greater: greater,
  Less: (a, b) => greater(b, a),
};
const BROADCAST: Readonly<Record<string, Both>> = {
  Add: (a, b) => addLayer().apply([a, b]),
  Sub: (a, b) => subtractLayer().apply([a, b]),
  Mul: (a, b) => multiplyLayer().apply([a, b]),
  Div: (a, b) => multiplyLayer().apply([a, divide(1, b)]),
};

/** So far below any number that nothing is left of it in a softmax. */
const LOWEST = -3.4028234663852886e38;

/** A view with as many axes, and those of it that a constant differs along, whose numbers come too. */
function beside(view: View, known: Known): { view: View; own: number[]; numbers: Float32Array } {
  const rank = Math.max(known.shape.length, view.axes.length);
  const padded = { ...view, axes: [...new Array<Group>(rank - view.axes.length).fill([]), ...view.axes] };
  const sizes = shapeOf(padded);
  const from = rank - known.shape.length;
  if (!known.shape.every((n, i) => n === 1 || same(n, sizes[from + i])))
    refuse(`a constant of ${showAll(known.shape)} beside ${showAll(sizes)} would make it larger`);
  // One that is the same for all samples of a batch of a fixed size is that of any.
  const batch = batchPlace(padded) - from;
  const first = typeof known.shape[batch] === "number" ? pickedKnown(known, batch, [0], true) : known;
  if (first !== known && uniform(calculatedKnown("Equal", [known, first])) !== 1)
    refuse("constants for each sample; samples are independent here");
  const own = first.shape.flatMap((n, i) => (typeof n !== "number" || n === 1 ? [] : [from + i]));
  return { view: padded, own, numbers: floatsOf({ ...first, shape: own.map(i => sizes[i]) }, "the constant") };
}

/** A constant beside what is computed: a number, or one for each element of some axes. */
function withKnown({ op }: GraphNode, building: Building, given: View, known: Known, first: boolean): View {
  const { view, own, numbers } = beside(given, known);
  const value = uniform(known);
  if (typeof value === "number" && Number.isFinite(value)) {
    const compute = BINARY[op];
    return { ...view, symbol: first ? compute(value, view.symbol) : compute(view.symbol, value) };
  }
  const all = (n: number) => numbers.map(() => n);
  if (op === "Add")
    return building.affine(
      view,
      own,
      undefined,
      numbers.map(n => Math.max(n, LOWEST)),
    );
  if (op === "Sub")
    return building.affine(view, own, first ? all(-1) : undefined, first ? numbers : numbers.map(n => -n));
  if (op === "Mul") return building.affine(view, own, numbers, undefined);
  if (op !== "Div") return refuse(`a constant of ${showAll(known.shape)} in ${op}; a number is read`);
  const over = first ? { ...view, symbol: divide(1, view.symbol) } : view;
  return building.affine(over, own, first ? numbers : numbers.map(n => 1 / n), undefined);
}

/** Two or three tensors of one shape, or that go together by axes of size 1. */
function together(
  views: readonly View[],
  compute: ((...x: SymbolicTensor[]) => SymbolicTensor) | undefined,
  broadcast?: Both,
) {
  const rank = Math.max(...views.map(({ axes }) => axes.length));
  const padded = views.map(view => ({
    ...view,
    axes: [...new Array<Group>(rank - view.axes.length).fill([]), ...view.axes],
  }));
  const batch = batchPlace(padded[0]);
  if (padded.some(view => batchPlace(view) !== batch)) refuse("the batch is on different axes of the two");
  const own = padded.map(view => settled(view).view);
  const [x] = own;
  const sizes = own.map(shapeOf);
  const alike = sizes.every(other =>
    other.every((n, i) => n === sizes[0][i] || (n !== 1 && sizes[0][i] !== 1 && agree(n, sizes[0][i]))),
  );
  const axes = x.axes.map(
    (group, i) => own.find(view => i === batch || sizeOfGroup(view.axes[i]) !== 1)?.axes[i] ?? group,
  );
  const symbols = own.map(({ symbol }) => symbol);
  const run = alike ? compute : broadcast;
  if (!run) return refuse(`${sizes.map(showAll).join(" and ")}: of one shape they are read`);
  const layout = axes.flatMap((group, i) =>
    i === batch ? group.filter(each => each !== x.batch).map(each => [each]) : [group],
  );
  const masked = own.every(view => view.masked === x.masked) ? x.masked : undefined;
  return { ...x, symbol: run(...(symbols as [SymbolicTensor, SymbolicTensor])), layout, axes, masked };
}

const binary: Handler = (node, building) => {
  node.without("broadcast", "fmod"); // of version 6, whose other form is refused with its axis; of whole numbers above 0
  if (node.inputCount > 2) refuse(`${node.inputCount} inputs; two are read`);
  const [a, b] = [node.needed(0), node.needed(1)];
  if (!isView(a) && !isView(b)) return [calculatedKnown(node.op, [a, b])];
  if (!(node.op in BINARY)) return refuse("of what is computed; of shapes it is read");
  if (!isView(a)) return [withKnown(node, building, node.view(1), a, true)];
  if (!isView(b)) return [withKnown(node, building, node.view(0), b, false)];
  return [together([node.view(0), node.view(1)], BINARY[node.op], BROADCAST[node.op])];
};

function numberOf(known: Known): number {
  const value = uniform(known);
  return typeof value === "number" ? value : refuse(`a constant of ${showAll(known.shape)}; a number is read`);
}

/** A choice, element by element: by what is known, such as a mask of what attention sees, or by what is computed. */
const where: Handler = (node, building) => {
  const parts = [0, 1, 2].map(i => node.needed(i));
  const [condition, a, b] = parts;
  if (isView(condition)) {
    const views = parts.flatMap((part, i) => (isView(part) ? [node.view(i)] : []));
    return [
      together(views, (by, ...symbols) => {
        const [one, two] = [a, b].map(part => (isView(part) ? (symbols.shift() as SymbolicTensor) : numberOf(part)));
        return choose(by, one, two);
      }),
    ];
  }
  if (!isView(a) && !isView(b)) return [calculatedKnown("Where", [condition, a, b])];
  const taken = isView(a) ? 1 : 0;
  const other = isView(a) ? b : a;
  if (isView(other)) return refuse("two tensors by a constant; give one of them as a number");
  // 1 where what is computed is taken, and the other number elsewhere.
  const [one, none] = [filled([], 1, true), filled([], 0, true)];
  const scale = calculatedKnown("Where", [condition, taken ? one : none, taken ? none : one]);
  const shift = calculatedKnown("Where", [condition, taken ? none : other, taken ? other : none]);
  const shape = broadcastSizes(scale.shape, shift.shape);
  const computed = node.view(2 - taken);
  const [{ view, own, numbers }, shifts] = [scale, shift].map(each => beside(computed, expandedKnown(each, shape)));
  return [
    building.affine(
      view,
      own,
      numbers,
      shifts.numbers.map(n => Math.max(n, LOWEST)),
    ),
  ];
};

const clip: Handler = node => {
  const view = node.view(0);
  const bound = (i: number, name: string): number | undefined => {
    const known = node.maybeKnown(i, name);
    const value = known ? uniform(known) : node.float(name);
    if (known && typeof value !== "number") refuse(`${name}: expected a number`);
    return value as number | undefined;
  };
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  let { symbol } = view;
  if (low !== undefined && low > -3e38) symbol = maximum(symbol, low);
  if (high !== undefined && high < 3e38) symbol = minimum(symbol, high);
  return [{ ...view, symbol }];
};

const POWERS: Readonly<Record<string, Unary>> = {
  2: square,
  3: x => multiply(square(x), x),
  0.5: sqrt,
  [-0.5]: x => divide(1, sqrt(x)),
  [-1]: x => divide(1, x),
};

const pow: Handler = node => {
  const [x, exponent] = [node.needed(0), node.known(1, "the exponent")];
  if (!isView(x)) return [calculatedKnown("Pow", [x, exponent])];
  const view = node.view(0);
  const power = uniform(exponent);
  if (power === 1) return [view];
  const compute =
    POWERS[String(power)] ?? refuse(`the exponent ${String(power)}; 1, ${Object.keys(POWERS).join(", ")} are read`);
  return [{ ...view, symbol: compute(view.symbol) }];
};

/** A slope for numbers below 0: one for each element of an axis, or for all. */
const pRelu: Handler = (node, building) => {
  const view = node.view(0);
  const { view: padded, own, numbers } = beside(view, node.known(1, "slope"));
  const below = building.affine({ ...padded, symbol: minimum(padded.symbol, 0) }, own, numbers, undefined);
  return [together([{ ...padded, symbol: maximum(padded.symbol, 0) }, below], BINARY.Add)];
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
    const { view: own, places } = settled(view);
    if (axes.some(axis => places[axis] === 0)) refuse("over the batch's axis; samples are independent here");
    const over = axes.map(axis => places[axis]).sort((a, b) => a - b);
    const symbol = after(compute(before(own.symbol), { axis: over, keepdims: true }));
    const result: View = {
      ...own,
      symbol,
      axes: own.axes.map((group, i) => (axes.includes(i) ? [] : group)),
      layout: own.layout.map((group, i) => (over.includes(i + 1) ? [] : group)),
      masked: over[0] === 1 ? undefined : own.masked,
    };
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
  const { view: own } = settled(view, rank - 1);
  const [C, units] = kernel.shape as number[];
  if (sizeOfGroup(own.axes[rank - 1]) !== C)
    refuse(`expected ${C} features for a matrix of ${showAll(kernel.shape)}, got ${showAll(shapeOf(view))}`);
  const symbol = building.dense(own.symbol, floatsOf(kernel, "the matrix"), units, bias, name);
  return withLast(own, symbol, [atom(units)]);
}

const withLast = (view: View, symbol: SymbolicTensor, group: Group): View => ({
  ...view,
  symbol,
  layout: [...view.layout.slice(0, -1), group],
  axes: [...view.axes.slice(0, -1), group],
});

const isMatrix = ({ shape }: Known): boolean => shape.length === 2 && shape.every(n => typeof n === "number" && n > 0);

/** The same number everywhere times a matrix, as an unrolled loop begins with zeros. */
function knownProduct(known: Known, matrix: Known, bias?: Float32Array): Known {
  const units = whole(matrix.shape[1], "the matrix");
  const [factor, numbers] = [numberOf(known), floatsOf(matrix, "the matrix")];
  const data = Float32Array.from({ length: units }, (_, i) => bias?.[i] ?? 0);
  for (const [i, n] of numbers.entries()) data[i % units] += factor * n;
  return expandedKnown({ shape: [units], data, float: true }, [...known.shape.slice(0, -1), units]);
}

const matmul: Handler = (node, building) => {
  const [first, b] = [node.needed(0), node.needed(1)];
  if (!isView(first) && !isView(b) && isMatrix(b)) return [knownProduct(first, b, node.addend)];
  const a = node.view(0, "the first factor");
  const rank = a.axes.length;
  if (!isView(b)) {
    const isRow = b.shape.length === 1;
    const matrix = isRow ? reshapedKnown(b, [...b.shape, 1]) : b;
    if (!isMatrix(matrix)) refuse(`expected a matrix, got ${showAll(b.shape)}`);
    const result = times(building, a, matrix, node.addend, node.proto.name);
    return [isRow ? without(result, [rank - 1]) : result];
  }
  const [x, y] = [a, node.view(1)].map(view => settled(view).view);
  const batch = batchPlace(x);
  const pairs = y.axes.length === rank && batchPlace(y) === batch && batch < rank - 2;
  if (!pairs || x.layout.length !== y.layout.length)
    refuse(
      `${showAll(shapeOf(x))} times ${showAll(shapeOf(y))}: products of each pair [N, …, M, K], [N, …, K, L] are read`,
    );
  return [
    {
      ...withLast(x, matmulOp(x.symbol, y.symbol), y.axes[rank - 1]),
      masked: x.layout.length === 2 ? x.masked : undefined,
    },
  ];
};

const gemm: Handler = (node, building) => {
  const first = node.needed(0);
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  if (node.int("transA", 0) !== 0) refuse("transA is 1: samples of a batch would be joined");
  const B = node.known(1, "B");
  const C = node.maybeKnown(2, "C");
  if (!isMatrix(B) || rankOf(first) !== 2)
    refuse(`A and B: expected two matrices, got ${showAll(sizesOf(first))} and ${showAll(B.shape)}`);
  const turned = node.int("transB", 0) !== 0 ? transposedKnown(B, [1, 0]) : B;
  const kernel = alpha === 1 ? turned : calculatedKnown("Mul", [turned, filled([], alpha, true)]);
  const bias = C && rowOf(C, turned.shape[1] as number, beta);
  return [
    isView(first)
      ? times(building, node.view(0, "A"), kernel, bias, node.proto.name)
      : knownProduct(first, kernel, bias),
  ];
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
  const { view: own } = settled(view, axis);
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

const gelu: Handler = node => {
  const view = node.view(0);
  const x = view.symbol;
  const bent =
    node.string("approximate") === "tanh"
      ? tanh(multiply(add(x, multiply(POWERS[3](x), 0.044715)), Math.sqrt(2 / Math.PI)))
      : erf(multiply(x, Math.SQRT1_2));
  return [{ ...view, symbol: multiply(multiply(x, 0.5), add(bent, 1)) }];
};

export const MATHS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(
    "Add Sub Mul Div Max Min Mod And Or Equal Greater GreaterOrEqual Less LessOrEqual"
      .split(" ")
      .map(op => [op, binary]),
  ),
  Abs: unary(abs, Math.abs),
  Celu: activation("elu", { alpha: 1 }),
  Clip: clip,
  Elu: activation("elu", { alpha: 1 }),
  Erf: unary(erf),
  Exp: unary(exp),
  Gelu: gelu,
  Gemm: gemm,
  HardSigmoid: hardSigmoidNode,
  HardSwish: unary(x => multiply(x, hardSigmoid(x))),
  LayerNormalization: layerNorm,
  LeakyRelu: leakyRelu,
  Log: unary(log),
  LogSoftmax: softmax((_, view) => ({ ...view, symbol: logSoftmax(view.symbol) })),
  MatMul: matmul,
  Mish: unary(x => multiply(x, tanh(softplus(x)))),
  Neg: unary(
    x => multiply(x, -1),
    n => -n,
  ),
  Not: unary(
    x => subtract(1, x),
    n => Number(!n),
  ),
  PRelu: pRelu,
  Pow: pow,
  Reciprocal: unary(POWERS[-1], n => 1 / n),
  ReduceL1: reduce(sum, abs),
  ReduceL2: reduce(sum, square, sqrt),
  ReduceMax: reduce(max),
  ReduceMean: reduce(mean),
  ReduceMin: reduce(
    max,
    x => multiply(x, -1),
    x => multiply(x, -1),
  ),
  ReduceSum: reduce(sum),
  ReduceSumSquare: reduce(sum, square),
  Relu: activation("relu"),
  Sigmoid: activation("sigmoid"),
  Softmax: softmax((building, view) => building.activation(view, "softmax")),
  Selu: activation("selu", { alpha: 1.67326, gamma: 1.0507 }),
  Softplus: activation("softplus"),
  Softsign: activation("softsign"),
  Sqrt: unary(sqrt, Math.sqrt),
  Tanh: activation("tanh"),
  Where: where,
};
