/** Ops of shapes, and of axes in another order, joined or split. */
import type { Handler } from "./building.ts";
import {
  expandedKnown,
  filled,
  isFloatType,
  isWholeType,
  itemsOf,
  listOf,
  reshapedKnown,
  transposedKnown,
  uniform,
} from "./known.ts";
import { type GraphNode, isView, rankOf, sizesOf, type Value } from "./node.ts";
import { further, refuse } from "./refuse.ts";
import { product, quotient, type Size, same, showAll } from "./sizes.ts";
import { type Group, regrouped, type View, without } from "./view.ts";

const transpose: Handler = node => {
  const value = node.needed(0);
  const rank = rankOf(value);
  const axes = node.ints("perm") ?? Array.from({ length: rank }, (_, i) => rank - 1 - i);
  if (axes.length !== rank || axes.some((_, i) => !axes.includes(i)))
    refuse(`perm: expected each of ${rank} axes once, got ${showAll(axes)}`);
  return [isView(value) ? { ...value, axes: axes.map(axis => value.axes[axis]) } : transposedKnown(value, axes)];
};

const squeeze: Handler = node => {
  const value = node.needed(0);
  const sizes = sizesOf(value);
  const isBatch = (i: number) => isView(value) && value.axes[i].includes(value.batch);
  const axes =
    node.wholes(1, "axes")?.map(axis => node.axis(axis, sizes.length)) ??
    sizes.flatMap((size, i) => (size === 1 && !isBatch(i) ? [i] : []));
  for (const axis of axes) if (sizes[axis] !== 1) refuse(`axis ${axis} of ${showAll(sizes)} is not of size 1`);
  if (isView(value)) return [without(value, axes)];
  return [{ ...value, shape: sizes.filter((_, i) => !axes.includes(i)) }];
};

const unsqueeze: Handler = node => {
  const value = node.needed(0);
  const given = node.wholes(1, "axes") ?? [];
  const rank = rankOf(value) + given.length;
  const axes = given.map(axis => node.axis(axis, rank));
  const insert = <Each>(list: readonly Each[], one: Each): Each[] => {
    const rest = [...list];
    return Array.from({ length: rank }, (_, i) => (axes.includes(i) ? one : (rest.shift() as Each)));
  };
  if (new Set(axes).size !== axes.length) refuse("axes: one comes twice");
  return [
    isView(value)
      ? { ...value, axes: insert<Group>(value.axes, []) }
      : { ...value, shape: insert<Size>(value.shape, 1) },
  ];
};

/** @param otherwise axes that are cut and joined otherwise than they were */
export const reshaping =
  (otherwise: (view: View, target: readonly Size[]) => View | undefined): Handler =>
  node => {
    const value = node.needed(0);
    const given = node.sizes(1, "shape");
    if (node.int("allowzero", 0) !== 0 && given.includes(0))
      refuse("allowzero with a size of 0: tensors without numbers are not there");
    const sizes = sizesOf(value);
    const kept = given.map((n, i) => (n === 0 ? (sizes[i] ?? 0) : n));
    const rest = quotient(product(sizes), product(kept.filter(n => n !== -1)));
    // Where nothing is known of what is left, the layer that does it finds out.
    const target = kept.map(n => (n === -1 ? (rest ?? -1) : n));
    const isShape =
      target.length <= 32 &&
      target.every(n => typeof n !== "number" || n > 0 || n === -1) &&
      target.filter(n => n === -1).length < 2;
    const made =
      isShape &&
      (isView(value)
        ? (regrouped(value, target) ?? otherwise(value, target))
        : same(product(target), product(sizes)) && reshapedKnown(value, target));
    return [made || refuse(`${showAll(sizes)} cannot be seen as ${showAll(given)}`)];
  };

const flatten: Handler = node => {
  const value = node.needed(0);
  const rank = rankOf(value);
  const axis = node.int("axis", 1);
  const at = axis === rank ? rank : node.axis(axis, rank);
  if (!isView(value)) {
    const shape = [value.shape.slice(0, at), value.shape.slice(at)].map(product);
    return [reshapedKnown(value, shape) ?? refuse("a constant of sizes that are not known")];
  }
  return [{ ...value, axes: [value.axes.slice(0, at).flat(), value.axes.slice(at).flat()] }];
};

const shape: Handler = node => {
  const sizes = sizesOf(node.needed(0));
  const clamp = (n: number) => Math.min(sizes.length, Math.max(0, n < 0 ? n + sizes.length : n));
  const [start, end] = [node.int("start", 0), node.int("end", sizes.length)].map(clamp);
  return [listOf(sizes.slice(start, Math.max(start, end)))];
};

/** Expand, and Tile, which does the same here: axes of size 1 so many times, others once. */
export const repeating = (ofView: (view: View, target: readonly Size[]) => View): Readonly<Record<string, Handler>> => {
  const repeated = (node: GraphNode, target: readonly Size[]): Value[] => {
    const value = node.needed(0);
    return [isView(value) ? ofView(node.view(0), target) : expandedKnown(value, target)];
  };
  return {
    Expand: node => repeated(node, node.sizes(1, "shape")),
    Tile: node => {
      const sizes = sizesOf(node.needed(0));
      const target = node.sizes(1, "repeats").map((n, i) => {
        if (n !== 1 && sizes[i] !== 1) refuse(`axis ${i} of ${showAll(sizes)}: axes of size 1 are repeated`);
        return n === 1 ? sizes[i] : n;
      });
      return repeated(node, target);
    },
  };
};

const constantOfShape: Handler = node => {
  const value = node.tensor("value");
  const [number = 0] = value ? itemsOf(value) : [];
  return [filled(node.sizes(0, "shape"), number, value?.float ?? true)];
};

const identity: Handler = node => [node.needed(0)];

const dropout: Handler = node => {
  node.without("ratio", "seed");
  node.input(1);
  const training = node.maybeKnown(2, "training_mode");
  if (training && uniform(training) !== 0) refuse("training_mode: it is not for training");
  if (node.wanted[1]) refuse("its mask is not made");
  return [node.needed(0)];
};

const cast: Handler = node => {
  const to = node.int("to", 0);
  node.without("saturate", "round_mode");
  const value = node.needed(0);
  const float = isFloatType(to);
  const truth = to === 9 && !isView(value);
  if (!float && !isWholeType(to) && !truth) refuse(`to the type ${to} of ONNX`);
  if (isView(value)) {
    if (value.ids === float)
      refuse(float ? "token ids to numbers" : "numbers to whole numbers, which would cut them off");
    return [value];
  }
  const cut = (n: Size): Size => (typeof n !== "number" ? n : truth ? Number(n !== 0) : Math.trunc(n));
  return [{ ...value, data: float ? value.data : Array.from(value.data, cut), float }];
};

const constant: Handler = node => {
  const [float, int, floats, ints] = [
    node.float("value_float"),
    node.int("value_int"),
    node.floats("value_floats"),
    node.ints("value_ints"),
  ];
  if (float !== undefined) return [filled([], float, true)];
  if (int !== undefined) return [filled([], int)];
  if (floats) return [{ shape: [floats.length], data: Float32Array.from(floats), float: true }];
  if (ints) return [listOf(ints)];
  const value = node.tensor("value");
  if (value) return [value];
  refuse("a constant that is no number or tensor");
};

export const PLACES: Readonly<Record<string, Handler>> = {
  Cast: cast,
  Constant: constant,
  ...repeating(() => further("of what is computed from the inputs")),
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Flatten: flatten,
  Identity: identity,
  Reshape: reshaping((view, target) => further(`${showAll(sizesOf(view))} as ${showAll(target)}`)),
  Shape: shape,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
