/** Ops that pick numbers along an axis, or put them side by side, of what is known and of what is computed. */
import { concatenate } from "../../layers/concatenate.ts";
import { embedding } from "../../layers/embedding.ts";
import { gather as gatherOp } from "../../ops/places.ts";
import { slice as sliceOp } from "../../ops/slice.ts";
import { type Building, type Handler, refuseSamples } from "./building.ts";
import { concatenatedKnown, filled, floatsOf, itemsOf, type Known, matrixSizes, pickedKnown } from "./known.ts";
import { isView, rankOf, showShapes, sizesOf, type Value } from "./node.ts";
import { further, refuse } from "./refuse.ts";
import { showAll, Unknown, whole } from "./sizes.ts";
import {
  agree,
  atom,
  batchAxis,
  batchPlace,
  maskedBoth,
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
  const [first = refuse("a slice of no elements")] = indices;
  const inRow = first >= 0 && size !== null && indices.every((index, i) => index === first + i);
  const symbol = inRow
    ? sliceOp(own.symbol, first, first + indices.length, place)
    : gatherOp(own.symbol, [...indices], place);
  return withAxis(own, axis, symbol, [atom(indices.length)]);
}

export const pick = (value: Value, axis: number, indices: readonly number[]): Value =>
  isView(value) ? picked(value, axis, indices) : pickedKnown(value, axis, indices);

const MOST = 100_000;
const numbersFrom = (first: number, length: number): number[] => Array.from({ length }, (_, i) => first + i);

/** As far as a slice goes that is to the end. */
export const END = 2 ** 31 - 1;

function indicesOf(start: number, end: number, step: number, size: number): number[] {
  const clamp = (n: number) => Math.min(step > 0 ? size : size - 1, Math.max(step > 0 ? 0 : -1, n < 0 ? n + size : n));
  const [first, last] = [start, end].map(clamp);
  const length = Math.max(0, Math.ceil((last - first) / step));
  return length > MOST
    ? refuse(`a slice of more than ${MOST} elements`)
    : numbersFrom(0, length).map(i => first + i * step);
}

/** Of an axis of any length; `from` is 0 or more. */
export type Slicer = (view: View, axis: number, start: number, end: number, step: number) => View;

/** @param further slices of an axis of any length, beside those to its end from a place counted from there */
export const slicing =
  (further: Slicer): Handler =>
  node => {
    let value = node.needed(0);
    const [starts, ends] = [node.wholes(1, "starts"), node.wholes(2, "ends")];
    if (!starts || starts.length !== ends?.length) refuse("starts and ends: expected as many of one as of the other");
    const axes = node.wholes(3, "axes") ?? starts.map((_, i) => i);
    const steps = node.wholes(4, "steps") ?? starts.map(() => 1);
    for (const [i, given] of axes.entries()) {
      const axis = node.axis(given, rankOf(value));
      const [start, end, step] = [starts[i], ends[i], steps[i]];
      if (!Number.isInteger(step) || step === 0) refuse(`steps: got ${step}`);
      const size = sizesOf(value)[axis];
      if (step === 1 && end >= (size instanceof Unknown ? END : size) && (start === 0 || start <= -size)) continue;
      if (typeof size === "number") value = pick(value, axis, indicesOf(start, end, step, size));
      else if (!isView(value)) refuse("a slice of a size that is not known");
      else {
        const last = end >= END ? 0 : end;
        if (batchPlace(value) === axis) refuseSamples(value);
        const fromEnd = step === 1 && start < 0 && last <= 0 && last > start && start > -MOST;
        value = fromEnd
          ? picked(value, axis, numbersFrom(start, last - start))
          : further(value, axis, start, last, step);
      }
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
  const sizes = node.wholes(1, "split") ?? node.wanted.map((_, i) => Math.min(each, size - i * each));
  if (sizes.length !== count || sizes.reduce((a, b) => a + b, 0) !== size || sizes.some(n => !(n > 0))) {
    refuse(`split: expected ${count} sizes that add up to ${size}, got ${showAll(sizes)}`);
  }
  let at = 0;
  return sizes.map((n, i) => {
    at += n;
    return node.wanted[i] ? pick(value, axis, numbersFrom(at - n, n)) : filled([], 0);
  });
};

/** A row of a table for each token id. */
function lookedUp(table: Known, ids: View, name: string | undefined, building: Building): View {
  const [inputDim, outputDim] = matrixSizes(table);
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
  const own = pick(value, axis, list);
  if (!isView(own)) return [{ ...own, shape: own.shape.flatMap((n, i) => (i === axis ? indices.shape : [n])) }];
  if (own.ids) refuse("token ids cannot be picked");
  return [rank === 1 ? own : without(own, [axis])];
};

const concat: Handler = node => {
  const values = Array.from({ length: Math.max(1, node.values.length) }, (_, i) => node.needed(i));
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
    if (!fits) refuse(`${showShapes(views)} cannot be joined along axis ${axis}`);
  }
  const total = views.reduce((sum, view) => sum + whole(sizeOf(view.axes[axis][0]), "the axis"), 0);
  const symbol = views.length === 1 ? first.symbol : concatenate().apply(views.map(view => view.symbol));
  return [withAxis(first, axis, symbol, [atom(total)], maskedBoth(views))];
};

export const PICKS: Readonly<Record<string, Handler>> = {
  Concat: concat,
  Gather: gather,
  Slice: slicing((_, _axis, start, end, step) => further(`${start} to ${end} by ${step} of an axis of any length`)),
  Split: split,
};
