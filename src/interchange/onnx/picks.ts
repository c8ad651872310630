/** Ops that pick numbers along an axis, or put them side by side, of what is known and of what is computed. */
import { concatenate } from "../../layers/concatenate.ts";
import { embedding } from "../../layers/embedding.ts";
import { cropping1D } from "../../layers/steps1D.ts";
import { gather as gatherOp } from "../../ops/places.ts";
import { reverse } from "../../ops/reverse.ts";
import { slice as sliceOp } from "../../ops/slice.ts";
import { type Building, type Handler, refuseSamples } from "./building.ts";
import { concatenatedKnown, filled, floatsOf, itemsOf, type Known, pickedKnown } from "./known.ts";
import { isView, rankOf, sizesOf } from "./node.ts";
import { refuse } from "./refuse.ts";
import { showAll, whole } from "./sizes.ts";
import {
  agree,
  atom,
  batchAxis,
  batchPlace,
  placeOf,
  settled,
  shapeOf,
  sizeOf,
  type View,
  withAxis,
  without,
} from "./view.ts";

/** Elements of an axis that is not the batch's, by their numbers. */
function picked(view: View, axis: number, indices: readonly number[]): View {
  const own = settled(view);
  const place = placeOf(own, axis);
  if (place === 0) refuseSamples(view);
  const size = own.axes[axis][0].size;
  const least = Math.min(...indices);
  const inRow = indices.every((index, i) => index === indices[0] + i);
  const symbol =
    inRow && least >= 0 && size !== null
      ? sliceOp(own.symbol, least, least + indices.length, place)
      : gatherOp(own.symbol, [...indices], place);
  return withAxis(own, axis, symbol, [atom(indices.length)]);
}

const MOST = 100_000;

/** As far as a slice goes that is to the end. */
const END = 2 ** 31 - 1;

function slicedView(view: View, axis: number, start: number, end: number, step: number): View {
  const size = shapeOf(view)[axis];
  const toEnd = end >= END;
  if (typeof size === "number") {
    if (step === 1 && (start < 0 ? start + size : start) <= 0 && end >= size) return view;
    const list = indicesOf(start, end, step, size);
    return list.length > 0 ? picked(view, axis, list) : refuse("a slice of no elements");
  }
  if (step === 1 && start === 0 && toEnd) return view;
  if (batchPlace(view) === axis) refuseSamples(view);
  const last = toEnd ? 0 : end;
  if (step === 1 && start < 0 && last <= 0 && last > start && start > -MOST)
    return picked(
      view,
      axis,
      Array.from({ length: last - start }, (_, i) => start + i),
    );
  const own = settled(view);
  const ofSequence = placeOf(own, axis) === 1 && own.layout.length === 2;
  if (ofSequence && step === 1 && start >= 0 && last <= 0) {
    const symbol = cropping1D({ cropping: [start, -last] }).apply(own.symbol);
    return withAxis(own, axis, symbol, [atom(null)]);
  }
  if (ofSequence && step === -1 && start === -1 && end <= -END) return { ...own, symbol: reverse(own.symbol) };
  return refuse(`${start} to ${end} by ${step} of an axis of any length is not followed`);
}

function indicesOf(start: number, end: number, step: number, size: number): number[] {
  const clamp = (n: number) => Math.min(step > 0 ? size : size - 1, Math.max(step > 0 ? 0 : -1, n < 0 ? n + size : n));
  const list: number[] = [];
  for (let i = clamp(start), last = clamp(end); step > 0 ? i < last : i > last; i += step) {
    if (list.push(i) > MOST) refuse(`a slice of more than ${MOST} elements`);
  }
  return list;
}

const slice: Handler = node => {
  let value = node.needed(0);
  const [starts, ends] = [node.wholes(1, "starts"), node.wholes(2, "ends")];
  if (!starts || starts.length !== ends?.length) refuse("starts and ends: expected as many of one as of the other");
  const axes = node.axes(3) ?? starts.map((_, i) => i);
  const steps = node.wholes(4, "steps") ?? starts.map(() => 1);
  for (const [i, given] of axes.entries()) {
    const axis = node.axis(given, rankOf(value));
    const [start, end, step] = [starts[i], ends[i], steps[i]];
    if (!Number.isInteger(step) || step === 0) refuse(`steps: got ${step}`);
    if (isView(value)) {
      value = slicedView(value, axis, start, end, step);
      continue;
    }
    const size = value.shape[axis];
    if (typeof size === "number") value = pickedKnown(value, axis, indicesOf(start, end, step, size));
    else if (!(start === 0 && step === 1 && end >= 2 ** 31 - 1)) refuse("a slice of a size that is not known");
  }
  return [value];
};

const split: Handler = node => {
  const value = node.needed(0);
  const axis = node.axis(node.int("axis", 0), rankOf(value));
  const size = whole(sizesOf(value)[axis], "the axis");
  const count = node.wanted.length;
  if (node.int("num_outputs", count) !== count) refuse(`num_outputs: expected ${count}, as there are outputs`);
  const each = Math.ceil(size / count);
  const sizes = node.wholes(1, "split") ?? Array.from({ length: count }, (_, i) => Math.min(each, size - i * each));
  if (sizes.length !== count || sizes.reduce((a, b) => a + b, 0) !== size || sizes.some(n => !(n > 0))) {
    refuse(`split: expected ${count} sizes that add up to ${size}, got [${sizes.slice(0, 32).join(", ")}]`);
  }
  let at = 0;
  return sizes.map((n, i) => {
    const list = node.wanted[i] ? Array.from({ length: n }, (_, k) => at + k) : [];
    at += n;
    if (list.length === 0) return filled([], 0);
    return isView(value) ? picked(value, axis, list) : pickedKnown(value, axis, list);
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
    refuse(`a table of shape ${showAll(table.shape)}; one of [ids, numbers] is looked up here`);
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
      refuse("indices: expected constants, or token ids for a table on axis 0");
    return [lookedUp(value, indices, node.proto.name, building)];
  }
  const list = itemsOf(indices).map(n => whole(n, "indices"));
  const rank = indices.shape.length;
  if (list.length === 0 || list.some(n => !Number.isInteger(n)) || (isView(value) && rank > 1))
    refuse(`indices: expected one whole number or a list of them, got ${showAll(indices.shape)}`);
  if (!isView(value)) {
    const own = pickedKnown(value, axis, list);
    return [{ ...own, shape: own.shape.flatMap((n, i) => (i === axis ? indices.shape : [n])) }];
  }
  if (value.ids) refuse("token ids cannot be picked");
  const own = picked(value, axis, list);
  return [rank === 1 ? own : without(own, [axis])];
};

const concat: Handler = node => {
  const values = Array.from({ length: Math.max(1, node.inputCount) }, (_, i) => node.needed(i));
  const rank = rankOf(values[0]);
  const given = node.int("axis");
  if (given === undefined) refuse("the attribute axis is missing");
  const axis = node.axis(given, rank);
  const known = values.filter(value => !isView(value)) as Known[];
  if (known.length === values.length) return [concatenatedKnown(known, axis)];
  if (known.length > 0) refuse("constants beside what is computed are not joined");
  const views = values.map((_, i) => settled(node.view(i), axis));
  const [first] = views;
  for (const view of views) {
    const fits =
      view.axes.length === rank &&
      batchAxis(view) === batchAxis(first) &&
      shapeOf(view).every((n, i) => i === axis || agree(n, shapeOf(first)[i]));
    if (!fits) refuse(`${views.map(each => showAll(shapeOf(each))).join(" and ")} cannot be joined along axis ${axis}`);
  }
  const total = views.reduce((sum, view) => sum + whole(sizeOf(view.axes[axis][0]), "the axis"), 0);
  const symbol = views.length === 1 ? first.symbol : concatenate().apply(views.map(view => view.symbol));
  const masked = views.every(view => view.masked === first.masked) ? first.masked : undefined;
  return [withAxis(first, axis, symbol, [atom(total)], masked)];
};

export const PICKS: Readonly<Record<string, Handler>> = { Concat: concat, Gather: gather, Slice: slice, Split: split };
