import { repeatVector } from "../../layers/repeatVector.ts";
import { reshape as reshapeLayer } from "../../layers/reshape.ts";
import type { Handler } from "./building.ts";
import { expandedKnown, filled, itemsOf, listOf, reshapedKnown, transposedKnown, uniform } from "./known.ts";
import { type GraphNode, isView, rankOf, sizesOf } from "./node.ts";
import { product, type Size, same, showAll, whole } from "./sizes.ts";
import {
  arranged,
  atom,
  batchAxis,
  type Group,
  regrouped,
  settled,
  shapeOf,
  sizeOf,
  type View,
  withAxis,
  without,
} from "./view.ts";

/** Axes as an attribute, as before version 13 of the operators, or as an input. */
function axesOf(node: GraphNode, input: number): number[] | undefined {
  const attribute = node.ints("axes");
  if (attribute) return attribute;
  return node.input(input) ? node.sizes(input, "axes").map(n => whole(n, "axes")) : undefined;
}

const transpose: Handler = node => {
  const value = node.needed(0);
  const rank = rankOf(value);
  const axes = node.ints("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (axes.length !== rank || axes.some((_, i) => !axes.includes(i)))
    throw new RangeError(`perm: expected each of ${rank} axes once, got [${axes.slice(0, 32).join(", ")}]`);
  return [isView(value) ? { ...value, axes: axes.map(axis => value.axes[axis]) } : transposedKnown(value, axes)];
};

const squeeze: Handler = node => {
  const value = node.needed(0);
  const sizes = sizesOf(value);
  const isBatch = (i: number) => isView(value) && value.axes[i].includes(value.batch);
  const axes =
    axesOf(node, 1)?.map(axis => node.axis(axis, sizes.length)) ??
    sizes.flatMap((size, i) => (size === 1 && !isBatch(i) ? [i] : []));
  for (const axis of axes)
    if (sizes[axis] !== 1) throw new RangeError(`axis ${axis} of ${showAll(sizes)} is not of size 1`);
  if (isView(value)) return [without(value, axes)];
  return [{ ...value, shape: sizes.filter((_, i) => !axes.includes(i)) }];
};

const unsqueeze: Handler = node => {
  const value = node.needed(0);
  const given = axesOf(node, 1) ?? [];
  const rank = rankOf(value) + given.length;
  const axes = given.map(axis => node.axis(axis, rank));
  const insert = <Each>(list: readonly Each[], one: Each): Each[] => {
    const rest = [...list];
    return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? one : (rest.shift() as Each)));
  };
  if (new Set(axes).size !== axes.length) throw new RangeError("axes: one comes twice");
  return [
    isView(value)
      ? { ...value, axes: insert<Group>(value.axes, []) }
      : { ...value, shape: insert<Size>(value.shape, 1) },
  ];
};

const reshape: Handler = node => {
  const value = node.needed(0);
  const given = node.sizes(1, "shape");
  if (node.int("allowzero", 0) !== 0 && given.includes(0))
    throw new RangeError("allowzero with a size of 0: tensors without numbers are not there");
  if (given.filter(n => n === -1).length > 1) throw new RangeError("shape: -1 comes twice");
  const sizes = sizesOf(value);
  const target = given.map((n, i) => (n === 0 ? (sizes[i] ?? 0) : n));
  if (target.length > 32 || target.some(n => typeof n === "number" && n < 1 && n !== -1))
    throw new RangeError(`shape: got ${showAll(target.slice(0, 32))}`);
  if (!isView(value)) return [reshapedKnown(value, target)];
  return [regroups(value, target) ? regrouped(value, target) : reshapedView(value, target)];
};

function regroups(view: View, target: readonly Size[]): boolean {
  try {
    regrouped(view, target);
    return true;
  } catch {
    return false;
  }
}

/** Axes of a sample that are cut and joined otherwise than they were: a layer does it. */
function reshapedView(view: View, target: readonly Size[]): View {
  const [batch, ...inner] = target;
  const { view: own } = settled(view);
  const free =
    batch === -1 && own.layout.every(([{ size }]) => size !== null) && inner.every(n => typeof n === "number" && n > 0);
  const fixed = batch !== undefined && same(batch, sizeOf(view.batch)) && inner.every(n => typeof n === "number");
  if (batchAxis(view) !== 0 || !(free || fixed)) return regrouped(view, target); // for its error
  const symbol = reshapeLayer({ targetShape: inner as number[] }).apply(own.symbol);
  const groups = symbol.shape.map((n): Group => [atom(n)]);
  return { ...own, symbol, layout: groups, axes: [[view.batch], ...groups], masked: undefined };
}

const flatten: Handler = node => {
  const value = node.needed(0);
  const rank = rankOf(value);
  const axis = node.int("axis", 1);
  const at = axis === rank ? rank : node.axis(axis, rank);
  if (!isView(value))
    return [reshapedKnown(value, [product(value.shape.slice(0, at)), product(value.shape.slice(at))])];
  return [{ ...value, axes: [value.axes.slice(0, at).flat(), value.axes.slice(at).flat()] }];
};

const shape: Handler = node => {
  const sizes = sizesOf(node.needed(0));
  const clamp = (n: number) => Math.min(sizes.length, Math.max(0, n < 0 ? n + sizes.length : n));
  const [start, end] = [node.int("start", 0), node.int("end", sizes.length)].map(clamp);
  return [listOf(sizes.slice(start, Math.max(start, end)))];
};

const size: Handler = node => [{ shape: [], data: [product(sizesOf(node.needed(0)))], fill: 0 }];

const expand: Handler = node => {
  const value = node.needed(0);
  const target = node.sizes(1, "shape");
  if (!isView(value)) return [expandedKnown(value, target)];
  const view = node.view(0);
  const sizes = shapeOf(view);
  const others = sizes.flatMap((size, i) => {
    const n = target[i - sizes.length + target.length] ?? 1;
    return n === 1 || same(n, size) ? [] : [i];
  });
  if (target.length > sizes.length || others.length > 1)
    throw new RangeError(`${showAll(sizes)} to ${showAll(target)}`);
  if (others.length === 0) return [view];
  const [axis] = others;
  const n = target[axis - sizes.length + target.length];
  const { view: own, places } = settled(view);
  if (sizes[axis] !== 1 || typeof n !== "number" || places[axis] !== 1 || own.layout.length !== 2) {
    throw new RangeError(`${showAll(sizes)} to ${showAll(target)}: a row is repeated as steps, and nothing else`);
  }
  const row = arranged(without(own, [axis]), [own.layout[1]]);
  const steps = [atom(n)];
  const symbol = repeatVector({ n }).apply(row.symbol);
  return [{ ...withAxis(own, axis, symbol, steps), masked: undefined }];
};

const constantOfShape: Handler = node => {
  const value = node.tensor("value");
  return [filled(node.sizes(0, "shape"), value ? (itemsOf(value)[0] ?? 0) : 0)];
};

const identity: Handler = node => [node.needed(0)];

const dropout: Handler = node => {
  node.without("ratio", "is_test", "seed", "consumed_inputs");
  node.input(1);
  const training = node.maybeKnown(2, "training_mode");
  if (training && uniform(training) !== 0) throw new RangeError("training_mode: it is not for training");
  if (node.wanted[1]) throw new RangeError("its mask is not made");
  return [node.needed(0)];
};

const cast: Handler = node => {
  const to = node.int("to", 0);
  node.without("saturate", "round_mode");
  const value = node.needed(0);
  const float = [1, 10, 11, 16].includes(to);
  if (!float && ![6, 7].includes(to)) throw new RangeError(`to the type ${to} of ONNX`);
  if (!isView(value)) {
    const { data } = value;
    if (float || !(data instanceof Float32Array)) return [value];
    return [{ ...value, data: Array.from(itemsOf(value), n => (typeof n === "number" ? Math.trunc(n) : n)) }];
  }
  if (value.ids === float)
    throw new RangeError(float ? "token ids to numbers" : "numbers to whole numbers, which would cut them off");
  return [value];
};

const constant: Handler = node => {
  const [float, int, floats, ints] = [
    node.float("value_float"),
    node.int("value_int"),
    node.floats("value_floats"),
    node.ints("value_ints"),
  ];
  if (float !== undefined) return [{ shape: [], data: Float32Array.of(float), fill: 0 }];
  if (int !== undefined) return [{ shape: [], data: [int], fill: 0 }];
  if (floats) return [{ shape: [floats.length], data: Float32Array.from(floats), fill: 0 }];
  if (ints) return [listOf(ints)];
  const value = node.tensor("value");
  if (value) return [value];
  throw new RangeError("a constant that is no number or tensor");
};

export const PLACES: Readonly<Record<string, Handler>> = {
  Cast: cast,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Expand: expand,
  Flatten: flatten,
  Identity: identity,
  Reshape: reshape,
  Shape: shape,
  Size: size,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
