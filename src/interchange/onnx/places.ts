/** Ops that give numbers another place or shape, of what is known and of what is computed. */
import { concatenate } from "../../layers/concatenate.ts";
import { embedding } from "../../layers/embedding.ts";
import { repeatVector } from "../../layers/repeatVector.ts";
import { reshape as reshapeLayer } from "../../layers/reshape.ts";
import { cropping1D } from "../../layers/steps1D.ts";
import { gather as gatherOp } from "../../ops/places.ts";
import { reverse } from "../../ops/reverse.ts";
import { slice as sliceOp } from "../../ops/slice.ts";
import type { Building, Handler } from "./building.ts";
import {
  concatenatedKnown,
  expandedKnown,
  filled,
  floatsOf,
  itemsOf,
  type Known,
  listOf,
  pickedKnown,
  reshapedKnown,
  transposedKnown,
  uniform,
} from "./known.ts";
import { type GraphNode, isView, type Value } from "./node.ts";
import { product, type Size, same, showAll } from "./sizes.ts";
import {
  agree,
  arranged,
  atom,
  batchAxis,
  type Group,
  regrouped,
  settled,
  shapeOf,
  sizeOf,
  sizeOfGroup,
  type View,
} from "./view.ts";

const rankOf = (value: Value): number => (isView(value) ? value.axes : value.shape).length;
const sizesOf = (value: Value): readonly Size[] => (isView(value) ? shapeOf(value) : value.shape);

function whole(size: Size, what: string): number {
  if (typeof size === "number") return size;
  throw new RangeError(`${what}: a size that is not known`);
}

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

/** Takes axes of size 1 away. */
function without(view: View, axes: readonly number[]): View {
  const gone = new Set(axes.flatMap(axis => view.axes[axis]));
  if (gone.has(view.batch)) throw new RangeError("the batch's axis cannot be taken away");
  return {
    ...view,
    layout: view.layout.map(group => group.filter(each => !gone.has(each))),
    axes: view.axes.filter((_, i) => !axes.includes(i)),
  };
}

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

/** A view with another symbol and another atom on one axis, which is by itself. */
function withAxis(view: View, axis: number, symbol: View["symbol"], group: Group): View {
  const [old] = view.axes[axis];
  return {
    ...view,
    symbol,
    layout: view.layout.map(each => (each.includes(old) ? group : each)),
    axes: view.axes.map((each, i) => (i === axis ? group : each)),
  };
}

/** Elements of an axis that is not the batch's, by their numbers. */
function picked(view: View, axis: number, indices: readonly number[]): View {
  const { view: own, places } = settled(view, undefined);
  if (places[axis] === 0) throw new RangeError("samples of a batch cannot be picked; they are independent here");
  const size = own.axes[axis][0].size;
  const least = Math.min(...indices);
  const inRow = indices.every((index, i) => index === indices[0] + i);
  const symbol =
    inRow && least >= 0 && size !== null
      ? sliceOp(own.symbol, least, least + indices.length, places[axis])
      : gatherOp(own.symbol, [...indices], places[axis]);
  return { ...withAxis(own, axis, symbol, [atom(indices.length)]), masked: undefined };
}

const MOST = 100_000;

function slicedView(view: View, axis: number, start: number, end: number, step: number): View {
  const group = view.axes[axis];
  const size = sizeOfGroup(group);
  const length = typeof size === "number" ? size : undefined;
  const from = start < 0 ? start + (length ?? 0) : start;
  if (
    step === 1 &&
    ((length !== undefined && from <= 0 && end >= length) ||
      (length === undefined && start === 0 && end >= 2 ** 31 - 1))
  )
    return view;
  if (length !== undefined) {
    const list = indicesOf(start, end, step, length);
    if (list.length === 0 || list.length > MOST) throw new RangeError(`a slice of ${list.length} elements`);
    return picked(view, axis, list);
  }
  if (group.includes(view.batch))
    throw new RangeError("samples of a batch cannot be picked; they are independent here");
  const toEnd = end >= 2 ** 31 - 1;
  if (step === 1 && start < 0 && (toEnd || end < 0) && start > -MOST) {
    const last = toEnd ? 0 : end;
    return picked(
      view,
      axis,
      Array.from({ length: Math.max(0, last - start) }, (_, i) => start + i),
    );
  }
  if (step === 1 && start >= 0 && (toEnd || end < 0)) {
    const { view: own, places } = settled(view);
    if (places[axis] === 1 && own.layout.length === 2) {
      const symbol = cropping1D({ cropping: [start, toEnd ? 0 : -end] }).apply(own.symbol);
      return { ...withAxis(own, axis, symbol, [atom(null)]), masked: undefined };
    }
  }
  if (step === -1 && start === -1 && end < -(2 ** 31 - 2)) {
    const { view: own, places } = settled(view);
    if (places[axis] === 1 && own.layout.length === 2) return { ...own, symbol: reverse(own.symbol) };
  }
  throw new RangeError(`${start} to ${end} by ${step} of an axis of any length is not followed`);
}

function indicesOf(start: number, end: number, step: number, size: number): number[] {
  const clamp = (n: number) => Math.min(step > 0 ? size : size - 1, Math.max(step > 0 ? 0 : -1, n < 0 ? n + size : n));
  const list: number[] = [];
  for (let i = clamp(start), last = clamp(end); step > 0 ? i < last : i > last; i += step) {
    if (list.push(i) > MOST) throw new RangeError(`a slice of more than ${MOST} elements`);
  }
  return list;
}

const slice: Handler = node => {
  let value = node.needed(0);
  const read = (i: number, attribute: string): number[] | undefined =>
    node.ints(attribute) ?? (node.input(i) ? node.sizes(i, attribute).map(n => whole(n, attribute)) : undefined);
  const [starts, ends] = [read(1, "starts"), read(2, "ends")];
  if (!starts || starts.length !== ends?.length)
    throw new RangeError("starts and ends: expected as many of one as of the other");
  const axes = read(3, "axes") ?? starts.map((_, i) => i);
  const steps = read(4, "steps") ?? starts.map(() => 1);
  for (const [i, given] of axes.entries()) {
    const axis = node.axis(given, rankOf(value));
    const [start, end, step] = [starts[i], ends[i], steps[i]];
    if (!Number.isInteger(step) || step === 0) throw new RangeError(`steps: got ${step}`);
    if (isView(value)) {
      value = slicedView(value, axis, start, end, step);
      continue;
    }
    const size = value.shape[axis];
    if (typeof size === "number") value = pickedKnown(value, axis, indicesOf(start, end, step, size), true);
    else if (!(start === 0 && step === 1 && end >= 2 ** 31 - 1))
      throw new RangeError("a slice of a size that is not known");
  }
  return [value];
};

const split: Handler = node => {
  const value = node.needed(0);
  const axis = node.axis(node.int("axis", 0), rankOf(value));
  const size = whole(sizesOf(value)[axis], "the axis");
  const count = node.wanted.length;
  if (node.int("num_outputs", count) !== count)
    throw new RangeError(`num_outputs: expected ${count}, as there are outputs`);
  const each = Math.ceil(size / count);
  const sizes =
    node.ints("split") ??
    (node.input(1)
      ? node.sizes(1, "split").map(n => whole(n, "split"))
      : Array.from({ length: count }, (_, i) => Math.min(each, size - i * each)));
  if (sizes.length !== count || sizes.reduce((a, b) => a + b, 0) !== size || sizes.some(n => !(n > 0))) {
    throw new RangeError(
      `split: expected ${count} sizes that add up to ${size}, got [${sizes.slice(0, 32).join(", ")}]`,
    );
  }
  let at = 0;
  return sizes.map((n, i) => {
    const list = node.wanted[i] ? Array.from({ length: n }, (_, k) => at + k) : [];
    at += n;
    if (list.length === 0) return filled([], 0);
    return isView(value) ? picked(value, axis, list) : pickedKnown(value, axis, list, true);
  });
};

/** A row of a table for each token id. */
function lookedUp(table: Known, ids: View, name: string | undefined, building: Building): View {
  const [inputDim, outputDim] = table.shape;
  if (
    table.shape.length !== 2 ||
    typeof inputDim !== "number" ||
    typeof outputDim !== "number" ||
    inputDim < 1 ||
    outputDim < 1
  ) {
    throw new RangeError(`a table of shape ${showAll(table.shape)}; one of [ids, numbers] is looked up here`);
  }
  const layer = embedding({ inputDim, outputDim, ...building.name(name) });
  const symbol = building.one(layer, ids.symbol, { embeddings: floatsOf(table, "the table") });
  const group = [atom(outputDim)];
  return { ...ids, ids: false, symbol, layout: [...ids.layout, group], axes: [...ids.axes, group] };
}

const gather: Handler = (node, building) => {
  const value = node.needed(0);
  const indices = node.needed(1);
  const axis = node.axis(node.int("axis", 0), rankOf(value));
  if (isView(indices)) {
    if (!indices.ids || isView(value) || axis !== 0)
      throw new RangeError("indices: expected constants, or token ids for a table on axis 0");
    return [lookedUp(value, indices, node.proto.name, building)];
  }
  const list = itemsOf(indices).map(n => whole(n, "indices"));
  if (list.length === 0 || list.some(n => !Number.isInteger(n)) || indices.shape.length > 1)
    throw new RangeError(`indices: expected one whole number or a list of them, got ${showAll(indices.shape)}`);
  const kept = indices.shape.length === 1;
  if (!isView(value)) return [pickedKnown(value, axis, list, kept)];
  if (value.ids) throw new RangeError("token ids cannot be picked");
  const own = picked(value, axis, list);
  return [kept ? own : without(own, [axis])];
};

const concat: Handler = node => {
  const values = Array.from({ length: node.inputCount }, (_, i) => node.needed(i));
  const rank = rankOf(values[0]);
  const given = node.int("axis");
  if (given === undefined) throw new RangeError("the attribute axis is missing");
  const axis = node.axis(given, rank);
  const known = values.filter(value => !isView(value)) as Known[];
  if (known.length === values.length) return [concatenatedKnown(known, axis)];
  if (known.length > 0) throw new RangeError("constants beside what is computed are not joined");
  const views = values.map((_, i) => settled(node.view(i), axis).view);
  const [first] = views;
  for (const view of views) {
    const fits =
      view.axes.length === rank &&
      batchAxis(view) === batchAxis(first) &&
      view.axes.every((group, i) => i === axis || agree(group, first.axes[i]));
    if (!fits)
      throw new RangeError(
        `${views.map(each => showAll(shapeOf(each))).join(" and ")} cannot be joined along axis ${axis}`,
      );
  }
  const total = views.reduce((sum, view) => sum + whole(sizeOf(view.axes[axis][0]), "the axis"), 0);
  const symbol = views.length === 1 ? first.symbol : concatenate().apply(views.map(view => view.symbol));
  return [
    {
      ...withAxis(first, axis, symbol, [atom(total)]),
      masked: views.every(view => view.masked === first.masked) ? first.masked : undefined,
    },
  ];
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
  Concat: concat,
  Constant: constant,
  ConstantOfShape: constantOfShape,
  Dropout: dropout,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Identity: identity,
  Reshape: reshape,
  Shape: shape,
  Size: size,
  Slice: slice,
  Split: split,
  Squeeze: squeeze,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
};
