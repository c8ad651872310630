/**
 * Masks of what is later than a query, for any number of steps. Their numbers cannot be written out: they are one above a diagonal of the
 * last two axes, and another one elsewhere. What is calculated of such a constant is calculated of both.
 */
import type { SymbolicTensor } from "../../../layer/layer.ts";
import { add as addLayer, multiply as multiplyLayer, subtract as subtractLayer } from "../../../layers/merging.ts";
import { reshape } from "../../../layers/reshape.ts";
import { add, greater, multiply, subtract } from "../../../ops/arithmetic.ts";
import { gather } from "../../../ops/places.ts";
import { simpleRNN } from "../../../recurrent/simpleRnn.ts";
import { type Building, type Handler, LOWEST } from "../building.ts";
import { type Known, numberOf, uniform } from "../known.ts";
import { GraphNode, isView, sizesOf, type Value } from "../node.ts";
import { refuse } from "../refuse.ts";
import { type Size, same, showAll } from "../sizes.ts";
import { placeOf, settled, shapeOf, type View } from "../view.ts";

interface Triangle {
  /** Where the column is less than the row and `diagonal` */
  before: number;
  /** Elsewhere */
  later: number;
  diagonal: number;
}

/** By their numbers, of which there are none: whoever wants one refuses. */
const triangles = /* @__PURE__ */ new WeakMap<object, Triangle>();

const triangleOf = (value: Value | undefined): Triangle | undefined =>
  value && !isView(value) ? triangles.get(value.data) : undefined;

function triangular(known: Known, triangle: Triangle): Known {
  const data: number[] = [];
  triangles.set(data, triangle);
  return { ...known, data };
}

/** The part of a constant on one side of a diagonal; the other one is 0. */
export function triangleOfSteps(known: Known, upper: boolean, k: number): Known {
  const value = numberOf(known);
  return triangular(
    known,
    upper ? { before: 0, later: value, diagonal: k } : { before: value, later: 0, diagonal: k + 1 },
  );
}

/** What has the same last two axes before and after. */
const KEPT =
  "Add And Cast Div Equal Expand Greater GreaterOrEqual Identity Less LessOrEqual Max Min Mul Not Or Reshape Sub Unsqueeze Where";

const lastTwo = (value: Value): readonly Size[] => sizesOf(value).slice(-2);
const isSame = (a: readonly Size[], b: readonly Size[]): boolean =>
  a.length === b.length && a.every((n, i) => same(n, b[i]));

/** A constant of constants, of which one is a triangle. */
function calculated(node: GraphNode, building: Building, handler: Handler, first: Known, triangle: Triangle): Known {
  const sides = (["before", "later"] as const).map(side => {
    const values = node.values.map(value => {
      const own = triangleOf(value);
      if (own && (own.diagonal !== triangle.diagonal || !isSame(lastTwo(value as Known), lastTwo(first))))
        refuse("two masks of different diagonals");
      return own ? { ...(value as Known), data: [own[side]] } : value;
    });
    const own = new GraphNode(node.proto, values, node.wanted, node.opset, node.title);
    const [made] = handler(own, building) as Known[];
    own.finish();
    return made;
  });
  const [before, later] = sides.map(uniform);
  if (!isSame(lastTwo(sides[0]), lastTwo(first)) || typeof before !== "number" || typeof later !== "number")
    return refuse(`a mask of ${showAll(first.shape)}, for any number of steps, is not followed here`);
  return triangular(sides[0], { ...triangle, before, later });
}

/** The number of each element along an axis, from 1, the other axes of size 1: a recurrent layer counts. */
function counted(building: Building, x: SymbolicTensor, place: number): SymbolicTensor {
  const places = x.shape.map((_, i) => i + 1);
  const one = places.filter(each => each !== place).reduce((rest, each) => gather(rest, [0], each), x);
  const counter = simpleRNN({ units: 1, activation: "linear", returnSequences: true, trainable: false });
  const steps = building.one(counter, reshape({ targetShape: [-1, 1] }).apply(one), {
    kernel: Float32Array.of(0),
    recurrentKernel: Float32Array.of(1),
    bias: Float32Array.of(1),
  });
  return reshape({ targetShape: places.map(each => (each === place ? -1 : 1)) }).apply(steps);
}

/** Beside what is computed: a and where it is later b, of each pair of its last two axes, [N, 1, …, Q, K]. */
function beside(building: Building, view: View, mask: Known, diagonal: number, a: number, b: number): SymbolicTensor {
  const sizes = shapeOf(view);
  const from = sizes.length - mask.shape.length;
  const fits = from >= 0 && mask.shape.every((n, i) => n === 1 || same(n, sizes[from + i]));
  const [row, column] = [-2, -1].map(at => placeOf(view, sizes.length + at));
  if (!fits || !isSame(mask.shape.slice(-2), sizes.slice(-2)) || row < 1 || column < 1)
    refuse(`a mask of ${showAll(mask.shape)} beside ${showAll(sizes)}`);
  const beyond = subtractLayer().apply([counted(building, view.symbol, column), counted(building, view.symbol, row)]);
  const later = multiply(greater(beyond, diagonal - 0.5), b - a);
  return a === 0 ? later : add(later, a);
}

/** Reads an operator of such masks too. */
export const withTriangles =
  (op: string, handler: Handler): Handler =>
  (node, building) => {
    const at = node.values.findIndex(value => triangleOf(value));
    if (at < 0) return handler(node, building);
    const mask = node.values[at] as Known;
    const triangle = triangleOf(mask) as Triangle;
    const views = node.values.flatMap((value, i) => (value && isView(value) ? [i] : []));
    const [first, second] = views.map(i => node.view(i));
    if (views.length === 0 && KEPT.split(" ").includes(op)) {
      for (const i of node.values.keys()) node.input(i);
      node.without(...(node.proto.attribute ?? []).map(({ name = "" }) => name));
      return [calculated(node, building, handler, mask, triangle)];
    }
    node.input(at);
    if (op === "Add" && first) {
      const x = settled(first);
      const [before, later] = [triangle.before, triangle.later].map(n => Math.max(n, LOWEST));
      const offset = beside(building, x, mask, triangle.diagonal, before, later);
      return [{ ...x, symbol: addLayer().apply([x.symbol, offset]) }];
    }
    if (op === "Where" && first && !second && at === 0) {
      const x = settled(first);
      const number = Math.max(numberOf(node.known(3 - views[0], "the number")), LOWEST);
      // 1 where what is computed is taken, and 0 where the number is.
      const [before, later] = [triangle.before, triangle.later].map(n => Number((n !== 0) === (views[0] === 1)));
      const share = beside(building, x, mask, triangle.diagonal, before, later);
      const parts = [multiplyLayer().apply([x.symbol, share]), multiply(subtract(1, share), number)];
      return [{ ...x, symbol: addLayer().apply(parts) }];
    }
    return refuse(`a mask of ${showAll(mask.shape)}, for any number of steps, is not followed here`);
  };
