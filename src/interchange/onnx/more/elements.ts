/** Further ops that compute element by element. */
import type { Activation } from "../../../activations.ts";
import type { SymbolicTensor } from "../../../layer/layer.ts";
import { prelu } from "../../../layers/prelu.ts";
import { add, divide, greater, maximum, minimum, multiply, subtract } from "../../../ops/arithmetic.ts";
import { exp } from "../../../ops/exp.ts";
import { erf } from "../../../ops/moreActivations.ts";
import { abs, log, sqrt, square } from "../../../ops/unary.ts";
import { where as choose } from "../../../ops/where.ts";
import type { Handler } from "../building.ts";
import { activated, beside, binary, ofKnown, together, type Unary } from "../elements.ts";
import { broadcastSizes, calculatedKnown, expandedKnown, filled, numberOf, uniform } from "../known.ts";
import { type GraphNode, isView } from "../node.ts";
import { exact } from "../numbers.ts";
import { refuse } from "../refuse.ts";
import { settled } from "../view.ts";

/** One with an alpha, whatever it is called here; where all models have it with that number, it is theirs. */
const withAlpha =
  (name: "celu" | "elu" | "leakyRelu", usual: number, plain: number, own = "alpha") =>
  (node: GraphNode): Unary => {
    const alpha = node.float("alpha", usual);
    return activated(Math.abs(alpha - plain) < 1e-6 ? name : ({ name, [own]: exact(alpha) } as Activation));
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

export const minus: Unary = x => multiply(x, -1);
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
  activated(node.string("approximate") === "tanh" ? { name: "gelu", approximate: true } : "gelu");

/** What is computed of one tensor, as a node's attributes say. */
const ONE: Readonly<Record<string, (node: GraphNode) => Unary>> = {
  Abs: () => abs,
  Celu: withAlpha("celu", 1, 1),
  Clip: clip,
  Elu: withAlpha("elu", 1, 1),
  Erf: () => erf,
  Exp: () => exp,
  Gelu: gelu,
  HardSwish: () => activated("hardSilu"),
  LeakyRelu: withAlpha("leakyRelu", 0.01, 0.2, "negativeSlope"),
  Log: () => log,
  Mish: () => activated("mish"),
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
  return [building.affine(view, own, numbers, shifts.numbers)];
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

const mod: Handler = (node, building) => {
  node.without("fmod"); // sizes are above 0
  return ofKnown(2)(node, building);
};

/** Of constants. */
export const CALCULATIONS: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
  And: (a, b) => a !== 0 && b !== 0,
  Or: (a, b) => a !== 0 || b !== 0,
  Max: Math.max,
  Min: Math.min,
  Pow: (a, b) => a ** b,
  Mod: (a, b) => a - b * Math.floor(a / b),
};

export const ELEMENTS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(Object.keys(ONE).map(op => [op, one])),
  ...Object.fromEntries(["And", "Or", "GreaterOrEqual", "LessOrEqual"].map(op => [op, ofKnown(2)])),
  Greater: binary(greater),
  Less: binary((a, b) => greater(b, a)),
  Max: binary(maximum),
  Min: binary(minimum),
  Mod: mod,
  PRelu: pRelu,
  Where: ofKnown(3, where),
};
