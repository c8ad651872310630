/** Ops that compute element by element, of one tensor, of two, or of three. */
import type { Activation } from "../../activations.ts";
import type { SymbolicTensor } from "../../layer/layer.ts";
import { activation } from "../../layers/activation.ts";
import { add as addLayer, multiply as multiplyLayer, subtract as subtractLayer } from "../../layers/merging.ts";
import { prelu } from "../../layers/prelu.ts";
import { add, divide, greater, maximum, minimum, multiply, subtract } from "../../ops/arithmetic.ts";
import { exp } from "../../ops/exp.ts";
import { erf } from "../../ops/moreActivations.ts";
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
  numberOf,
  ofAnySample,
  uniform,
} from "./known.ts";
import { type GraphNode, isView } from "./node.ts";
import { activationOf, exact } from "./numbers.ts";
import { refuse } from "./refuse.ts";
import { same, showAll } from "./sizes.ts";
import { agree, batchPlace, type Group, settled, shapeOf, sizeOfGroup, type View } from "./view.ts";

type Unary = (x: SymbolicTensor) => SymbolicTensor;

const made =
  (kind: Activation): Unary =>
  x =>
    activation({ activation: kind }).apply(x);

/** An activation that is one of ours. */
const activationNode = (node: GraphNode): Unary => {
  const second = node.op === "Selu" ? "gamma" : "beta";
  const ours = activationOf(
    node.op,
    () => node.float("alpha"),
    () => node.float(second),
  );
  return made(ours);
};

/** One with an alpha, whatever it is called here; where all models have it with that number, it is theirs. */
const withAlpha =
  (name: "celu" | "elu" | "leakyRelu", usual: number, plain: number, own = "alpha") =>
  (node: GraphNode): Unary => {
    const alpha = node.float("alpha", usual);
    return made(Math.abs(alpha - plain) < 1e-6 ? name : ({ name, [own]: exact(alpha) } as Activation));
  };

/** A bound of Clip, an attribute in older versions and an input in others. */
function boundOf(node: GraphNode, i: number, name: string): number | undefined {
  const known = node.maybeKnown(i, name);
  const bound = known ? numberOf(known) : node.float(name);
  return bound !== undefined && Math.abs(bound) < 3e38 ? bound : undefined;
}

const clip = (node: GraphNode): Unary => {
  const [low, high] = [boundOf(node, 1, "min"), boundOf(node, 2, "max")];
  return x => {
    const above = low === undefined ? x : maximum(x, low);
    return high === undefined ? above : minimum(above, high);
  };
};

const minus: Unary = x => multiply(x, -1);
const reciprocal: Unary = x => divide(1, x);
const POWERS: Readonly<Record<string, Unary>> = {
  1: x => x,
  2: square,
  3: x => multiply(square(x), x),
  0.5: sqrt,
  [-0.5]: x => reciprocal(sqrt(x)),
  [-1]: reciprocal,
};

const pow = (node: GraphNode): Unary => {
  const power = String(uniform(node.known(1, "the exponent")));
  return POWERS[power] ?? refuse(`the exponent ${power}; ${Object.keys(POWERS).join(", ")} are read`);
};

const gelu = (node: GraphNode): Unary =>
  made(node.string("approximate") === "tanh" ? { name: "gelu", approximate: true } : "gelu");

/** What is computed of one tensor, as a node's attributes say. */
const ONE: Readonly<Record<string, (node: GraphNode) => Unary>> = {
  ...Object.fromEntries(
    "HardSigmoid Relu Selu Sigmoid Softplus Softsign Tanh".split(" ").map(op => [op, activationNode]),
  ),
  Abs: () => abs,
  Celu: withAlpha("celu", 1, 1),
  Clip: clip,
  Elu: withAlpha("elu", 1, 1),
  Erf: () => erf,
  Exp: () => exp,
  Gelu: gelu,
  HardSwish: () => made("hardSilu"),
  LeakyRelu: withAlpha("leakyRelu", 0.01, 0.2, "negativeSlope"),
  Log: () => log,
  Mish: () => made("mish"),
  Neg: () => minus,
  Not: () => x => subtract(1, x),
  Pow: pow,
  Reciprocal: () => reciprocal,
  Sqrt: () => sqrt,
};

/** The same of numbers that are known. */
const OF_KNOWN: Readonly<Record<string, (n: number) => number>> = {
  Abs: Math.abs,
  Neg: n => -n,
  Not: n => Number(!n),
  Reciprocal: n => 1 / n,
  Sqrt: Math.sqrt,
};

const one: Handler = node => {
  const value = node.needed(0);
  if (isView(value)) {
    const compute = ONE[node.op](node);
    return [{ ...value, symbol: compute(node.view(0).symbol) }];
  }
  if (node.op === "Pow") return [calculatedKnown("Pow", [value, node.known(1, "the exponent")])];
  const compute = OF_KNOWN[node.op] ?? refuse("of a constant");
  const data = Array.from(value.data, n => (typeof n === "number" ? compute(n) : refuse("of a size")));
  return [{ ...value, data }];
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
  const first = ofAnySample(known, batchPlace(padded) - from, "a constant");
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
  const own = padded.map(view => settled(view));
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
  node.without("fmod"); // sizes are above 0
  if (node.inputCount > 2) refuse(`${node.inputCount} inputs; two are read`);
  const [a, b] = [node.needed(0), node.needed(1)];
  if (!isView(a) && !isView(b)) return [calculatedKnown(node.op, [a, b])];
  if (!(node.op in BINARY))
    return refuse("of what is computed; it is read of constants: compute it before, and make it an input");
  if (!isView(a)) return [withKnown(node, building, node.view(1), a, true)];
  if (!isView(b)) return [withKnown(node, building, node.view(0), b, false)];
  return [together([node.view(0), node.view(1)], BINARY[node.op], BROADCAST[node.op])];
};

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

/** A slope for numbers below 0: one for each element of an axis, of several, or for all. */
const pRelu: Handler = (node, building) => {
  const { view, own, numbers } = beside(node.view(0), node.known(1, "slope"));
  if (own.length === 1) {
    const last = settled(view, own[0]);
    const sharedAxes = last.symbol.shape.slice(1).map((_, i) => i + 1);
    const layer = prelu({ sharedAxes, ...building.name(node.proto.name) });
    return [{ ...last, symbol: building.one(layer, last.symbol, { alpha: numbers }) }];
  }
  const below = building.affine({ ...view, symbol: minimum(view.symbol, 0) }, own, numbers, undefined);
  return [together([{ ...view, symbol: maximum(view.symbol, 0) }, below], add)];
};

const TWO = "Add Sub Mul Div Max Min Mod And Or Equal Greater GreaterOrEqual Less LessOrEqual";
export const ELEMENTS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries([...Object.keys(ONE).map(op => [op, one]), ...TWO.split(" ").map(op => [op, binary])]),
  PRelu: pRelu,
  Where: where,
};
