/** Einsum where it is a transpose, a product with a constant, or one of each pair of matrices. */
import type { Handler } from "../building.ts";
import { type Known, reshapedKnown, transposedKnown } from "../known.ts";
import { GraphNode, isView, rankOf, sizesOf, type Value } from "../node.ts";
import { refuse } from "../refuse.ts";
import { product } from "../sizes.ts";
import { regrouped, type View } from "../view.ts";
import { PRODUCTS } from "./products.ts";

const turned = <Own extends Value>(value: Own, from: readonly string[], to: readonly string[]): Own => {
  const axes = to.map(label => from.indexOf(label));
  return (
    isView(value) ? { ...value, axes: axes.map(axis => value.axes[axis]) } : transposedKnown(value as Known, axes)
  ) as Own;
};

/** With what MatMul makes. */
function multiplied(node: GraphNode, building: Parameters<Handler>[1], a: Value, b: Value): View {
  const proto = { ...node.proto, op_type: "MatMul", attribute: [] };
  const own = new GraphNode(proto, [a, b], node.wanted, node.opset, node.title);
  return PRODUCTS.MatMul(own, building)[0] as View;
}

export const einsum: Handler = (node, building) => {
  const equation = (node.string("equation") ?? "").replaceAll(" ", "");
  const values = node.values.map((_, i) => node.needed(i));
  const [left, right = ""] = equation.split("->");
  const [out, ...inputs] = [right, ...left.split(",")].map(labels => [...labels]);
  const isPlain =
    /^[a-zA-Z]+(,[a-zA-Z]+)?->[a-zA-Z]+$/.test(equation) &&
    inputs.length === values.length &&
    inputs.every((labels, i) => labels.length === rankOf(values[i])) &&
    [out, ...inputs].every(labels => new Set(labels).size === labels.length) &&
    out.every(label => inputs.some(labels => labels.includes(label)));
  const otherwise = (): never =>
    refuse(
      `equation ${equation.slice(0, 60)}: transposes, products with a constant and of each pair of matrices are read`,
    );
  if (!isPlain) return otherwise();
  if (values.length === 1) return inputs[0].length === out.length ? [turned(values[0], inputs[0], out)] : otherwise();

  const isTurned = !isView(values[0]); // a product is the same the other way round
  const [a, b] = isTurned ? [values[1], values[0]] : values;
  const [ofA, ofB] = isTurned ? [inputs[1], inputs[0]] : inputs;
  const both = ofA.filter(label => ofB.includes(label));
  const summed = both.filter(label => !out.includes(label));
  const pairs = both.filter(label => out.includes(label));
  const [rows, columns] = [
    [ofA, ofB],
    [ofB, ofA],
  ].map(([own, other]) => own.filter(label => !other.includes(label)));
  if (!isView(a) || summed.length === 0 || [...rows, ...columns].some(label => !out.includes(label)))
    return otherwise();
  const x = turned(a, ofA, [...pairs, ...rows, ...summed]);
  const y = turned(b, ofB, [...pairs, ...summed, ...columns]);
  const made = [...pairs, ...rows, ...columns];
  if (isView(y)) {
    const isPair = rows.length === 1 && columns.length === 1 && summed.length === 1;
    return isPair ? [turned(multiplied(node, building, x, y), made, out)] : otherwise();
  }
  if (pairs.length > 0) return otherwise();
  const sizes = sizesOf(y);
  const at = rows.length;
  const joined: View = { ...x, axes: [...x.axes.slice(0, at), x.axes.slice(at).flat()] };
  const [K, units] = [sizes.slice(0, summed.length), sizes.slice(summed.length)];
  const matrix = reshapedKnown(y, [product(K), product(units)]) ?? otherwise();
  const result = multiplied(node, building, joined, matrix);
  const apart = regrouped(result, [...sizesOf(result).slice(0, at), ...units]) ?? otherwise();
  return [turned(apart, made, out)];
};
