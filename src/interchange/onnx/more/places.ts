/** Further ops of shapes and places: axes that are repeated, numbers in a row, triangles. */
import { repeatVector } from "../../../layers/repeatVector.ts";
import { reshape as reshapeLayer } from "../../../layers/reshape.ts";
import { cropping1D } from "../../../layers/steps1D.ts";
import { gather } from "../../../ops/places.ts";
import { reverse } from "../../../ops/reverse.ts";
import type { Handler } from "../building.ts";
import { arrayOf, filled, itemsOf, type Known, listOf, MOST, numberOf } from "../known.ts";
import { sizesOf } from "../node.ts";
import { END, type Slicer, slicing } from "../picks.ts";
import { repeating, reshaping } from "../places.ts";
import { refuse } from "../refuse.ts";
import { product, type Size, same, showAll, whole } from "../sizes.ts";
import {
  arranged,
  atom,
  type Group,
  placeOf,
  settled,
  shapeOf,
  sizeOf,
  type View,
  withAxis,
  without,
} from "../view.ts";
import { triangleOfSteps } from "./triangles.ts";

/** How many numbers, or how many times the same, an axis is made of at most. */
const LONGEST = 100_000;

const size: Handler = node => [filled([], product(sizesOf(node.needed(0))))];

function repeated(given: View, target: readonly Size[]): View {
  const sizes = shapeOf(given);
  let view = given;
  const from = sizes.length - target.length;
  if (from < 0) refuse(`${showAll(sizes)} to ${showAll(target)}: it would have more axes`);
  for (const [i, n] of target.entries()) {
    const axis = from + i;
    if (n === 1 || same(n, sizes[axis])) continue;
    if (sizes[axis] !== 1 || typeof n !== "number" || !(n > 0 && n <= LONGEST))
      return refuse(`${showAll(sizes)} to ${showAll(target)}: axes of size 1 are repeated, as often as is known`);
    const own = settled(view);
    const place = placeOf(own, axis);
    const steps = place === 1 && own.layout.length === 2;
    const symbol = steps
      ? repeatVector({ n }).apply(arranged(without(own, [axis]), [own.layout[1]]).symbol)
      : gather(own.symbol, new Array(n).fill(0), place);
    view = withAxis(own, axis, symbol, [atom(n)]);
  }
  return view;
}

/** Numbers above or below the diagonal of the last two axes, and 0 elsewhere. */
function triangleKnown(known: Known, upper: boolean, k: number): Known {
  const { shape, float } = known;
  const [rows, columns] = shape.slice(-2) as number[];
  const data = itemsOf(known, MOST).map((item, i) => {
    const beyond = (i % columns) - (Math.floor(i / columns) % rows) - k;
    return (upper ? beyond >= 0 : beyond <= 0) ? item : 0;
  });
  return { shape, data: arrayOf(data, float), float };
}

/** Of constants: a mask of what is later than a query. */
const trilu: Handler = node => {
  const value = node.known(0, "the matrix");
  const k = node.maybeKnown(1, "k");
  const [upper, diagonal] = [node.int("upper", 1) !== 0, k ? whole(itemsOf(k)[0], "k") : 0];
  const isFixed = value.shape.slice(-2).every(n => typeof n === "number");
  return [(isFixed ? triangleKnown : triangleOfSteps)(value, upper, diagonal)];
};

/** Numbers in a row, such as those of positions. */
const range: Handler = node => {
  const [start, limit, delta] = [0, 1, 2].map(i => numberOf(node.known(i, "a number")));
  const length = Math.ceil((limit - start) / delta);
  if (!(length >= 0 && length <= LONGEST)) refuse(`${start} to ${limit} by ${delta}`);
  return [{ ...listOf(Array.from({ length }, (_, i) => start + i * delta)), float: node.known(0, "start").float }];
};

/** Axes of a sample that are cut and joined otherwise than they were: a layer does it. */
function reshapedView(view: View, [batch, ...inner]: readonly Size[]): View | undefined {
  const own = settled(view);
  const fits = view.axes[0].length === 1 && view.axes[0][0] === view.batch && same(batch, sizeOf(view.batch));
  if (!fits || !inner.every(n => typeof n === "number")) return undefined;
  const symbol = reshapeLayer({ targetShape: inner }).apply(own.symbol);
  const groups = symbol.shape.map((n): Group => [atom(n)]);
  return { ...own, symbol, layout: groups, axes: [[view.batch], ...groups], masked: undefined };
}

/** Steps of a sequence of any length: without some at its ends, and from the last to the first. */
const slicedSteps: Slicer = (view, axis, start, end, step) => {
  const own = settled(view);
  if (placeOf(own, axis) === 1 && own.layout.length === 2) {
    if (step === 1 && start >= 0 && end <= 0) {
      const symbol = cropping1D({ cropping: [start, -end] }).apply(own.symbol);
      return withAxis(own, axis, symbol, [atom(null)]);
    }
    if (step === -1 && start === -1 && end <= -END) return { ...own, symbol: reverse(own.symbol) };
  }
  return refuse(`${start} to ${end} by ${step} of an axis of any length is not followed`);
};

export const PLACES: Readonly<Record<string, Handler>> = {
  ...repeating(repeated),
  Range: range,
  Reshape: reshaping(reshapedView),
  Size: size,
  Slice: slicing(slicedSteps),
  Trilu: trilu,
};
