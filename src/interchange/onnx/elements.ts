/** Ops that compute element by element, of one tensor or of two: activations and arithmetic. */
import type { Activation } from "../../activations.ts";
import type { SymbolicTensor } from "../../layer/layer.ts";
import { activation } from "../../layers/activation.ts";
import { add as addLayer, multiply as multiplyLayer, subtract as subtractLayer } from "../../layers/merging.ts";
import { add, divide, multiply, subtract } from "../../ops/arithmetic.ts";
import type { Building, Handler } from "./building.ts";
import { calculatedKnown, floatsOf, type Known, ofAnySample, uniform } from "./known.ts";
import { isView, showShapes } from "./node.ts";
import { activationOf } from "./numbers.ts";
import { further, refuse } from "./refuse.ts";
import { same, showAll } from "./sizes.ts";
import {
  agree,
  batchPlace,
  behindBatch,
  type Group,
  maskedBoth,
  settled,
  shapeOf,
  sizeOfGroup,
  type View,
} from "./view.ts";

export type Unary = (x: SymbolicTensor) => SymbolicTensor;
/** Of two, of which one may be a number. */
export type Arithmetic = (a: SymbolicTensor | number, b: SymbolicTensor | number) => SymbolicTensor;

export const activated =
  (kind: Activation): Unary =>
  x =>
    activation({ activation: kind }).apply(x);

/** An activation that is one of ours, of what is computed. */
const activationNode: Handler = node => {
  const view = node.view(0);
  const ours = activationOf(
    node.op,
    () => node.float("alpha"),
    () => node.float(node.op === "Selu" ? "gamma" : "beta"),
  );
  return [{ ...view, symbol: activated(ours)(view.symbol) }];
};

type Both = (a: SymbolicTensor, b: SymbolicTensor) => SymbolicTensor;
/** Of tensors and numbers of one shape, and of tensors that go together by axes of size 1. */
const ARITHMETIC: Readonly<Record<string, readonly [Arithmetic, Both]>> = {
  Add: [add, (a, b) => addLayer().apply([a, b])],
  Sub: [subtract, (a, b) => subtractLayer().apply([a, b])],
  Mul: [multiply, (a, b) => multiplyLayer().apply([a, b])],
  Div: [divide, (a, b) => multiplyLayer().apply([a, divide(1, b)])],
};

/** A view with so many axes, those in front of size 1. */
const padded = (view: View, rank: number): View => ({
  ...view,
  axes: [...new Array<Group>(rank - view.axes.length).fill([]), ...view.axes],
});

/** A view with as many axes, and those of it that a constant differs along, whose numbers come too. */
export function beside(given: View, known: Known): { view: View; own: number[]; numbers: Float32Array } {
  const rank = Math.max(known.shape.length, given.axes.length);
  const view = padded(given, rank);
  const sizes = shapeOf(view);
  const from = rank - known.shape.length;
  if (!known.shape.every((n, i) => n === 1 || same(n, sizes[from + i])))
    refuse(`a constant of ${showAll(known.shape)} beside ${showAll(sizes)} would make it larger`);
  const first = ofAnySample(known, batchPlace(view) - from, "a constant");
  const own = first.shape.flatMap((n, i) => (typeof n !== "number" || n === 1 ? [] : [from + i]));
  return { view, own, numbers: floatsOf({ ...first, shape: own.map(i => sizes[i]) }, "the constant") };
}

/** A constant beside what is computed: a number, or one for each element of some axes. */
function withKnown(
  op: string,
  compute: Arithmetic,
  building: Building,
  given: View,
  known: Known,
  first: boolean,
): View {
  const { view, own, numbers } = beside(given, known);
  const value = uniform(known);
  if (typeof value === "number" && Number.isFinite(value))
    return { ...view, symbol: first ? compute(value, view.symbol) : compute(view.symbol, value) };
  if (!(op in ARITHMETIC)) refuse(`a constant of ${showAll(known.shape)} in ${op}; a number is read`);
  // a - b and a / b are sums and products with a number turned over, -b and 1 / b.
  const [isSum, turns] = [op === "Add" || op === "Sub", op === "Sub" || op === "Div"];
  const from = turns && first ? { ...view, symbol: compute(isSum ? 0 : 1, view.symbol) } : view;
  const each = turns && !first ? numbers.map(n => (isSum ? -n : 1 / n)) : numbers;
  return building.affine(from, own, isSum ? undefined : each, isSum ? each : undefined);
}

/** Two or three tensors of one shape, or that go together by axes of size 1. */
export function together(
  views: readonly View[],
  compute: ((...x: SymbolicTensor[]) => SymbolicTensor) | undefined,
  broadcast?: Both,
): View {
  const rank = Math.max(...views.map(({ axes }) => axes.length));
  const all = views.map(view => padded(view, rank));
  const batch = batchPlace(all[0]);
  if (all.some(view => batchPlace(view) !== batch)) refuse("the batch is on different axes of the two");
  const own = all.map(view => settled(view));
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
  if (!run) return refuse(`${showShapes(own)}: of one shape they are read`);
  const symbol = run(...(symbols as [SymbolicTensor, SymbolicTensor]));
  return { ...x, symbol, layout: behindBatch(axes, batch, x.batch), axes, masked: maskedBoth(own) };
}

/** Of two tensors, or of one and a constant; of constants too. */
export const binary =
  (compute: Arithmetic, broadcast?: Both): Handler =>
  (node, building) => {
    const [a, b] = [node.needed(0), node.needed(1)];
    if (!isView(a)) {
      return [
        isView(b) ? withKnown(node.op, compute, building, node.view(1), a, true) : calculatedKnown(node.op, [a, b]),
      ];
    }
    if (!isView(b)) return [withKnown(node.op, compute, building, node.view(0), b, false)];
    return [together([node.view(0), node.view(1)], compute, broadcast)];
  };

/** Of constants alone, unless there is more to read. */
export const ofKnown =
  (count: number, otherwise: Handler = () => refuse(COMPUTED)): Handler =>
  (node, building) => {
    const values = Array.from({ length: count }, (_, i) => node.needed(i));
    const known = values.filter(value => !isView(value)) as Known[];
    return known.length < count ? otherwise(node, building) : [calculatedKnown(node.op, known)];
  };

const COMPUTED = "of what is computed; it is read of constants: compute it before, and make it an input";
const ACTIVATIONS = "HardSigmoid Relu Selu Sigmoid Softplus Softsign Tanh".split(" ");

export const ELEMENTS: Readonly<Record<string, Handler>> = {
  ...Object.fromEntries(ACTIVATIONS.map(op => [op, activationNode])),
  ...Object.fromEntries(
    Object.entries(ARITHMETIC).map(([op, [compute, broadcast]]) => [op, binary(compute, broadcast)]),
  ),
  Equal: ofKnown(2),
  Where: ofKnown(3, () => further("of what is computed from the inputs")),
};
