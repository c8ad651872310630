/** Inputs with their targets. */
import { expectPresent, ndarray, sizeOf } from "../ndarray.ts";
import type { Samples } from "../samples.ts";
import { DataSet } from "./data.ts";
import type { Review } from "./review.ts";
import type { LoadBatch } from "./trainer.ts";

export interface Sets {
  x: DataSet;
  y: DataSet;
  /** How much the rows of each target count; default 1 */
  weights?: DataSet | undefined;
  /** Of each target whether it has the steps of the sequences that the model reads; without it batches have all steps of the data. */
  timed?: readonly boolean[];
  /** The number of the first sample in the data; default 0 */
  first?: number;
  /** What looks at the targets of the call. */
  review?: Review;
}

/** The first steps of sequences [N, T, ...]. */
function shortened(samples: Samples<Float32Array | Int32Array>, steps: number): Samples<Float32Array | Int32Array> {
  const { shape, data, place = i => i } = samples;
  if (!samples.place) expectPresent(samples, "data");
  const [N, T, ...inner] = shape;
  const width = sizeOf(inner);
  return { shape: [N, steps, ...inner], data, place: element => place((element / (steps * width)) * T * width) };
}

/** The sets without what is padding in all sequences of a batch: nothing is computed of it. */
function endingWithLongest(sets: Sets, from: number, to: number, order?: Int32Array): Sets {
  const { x, y, weights, timed } = sets;
  const [padding] = x.paddings;
  const steps = padding?.longestOf(from, to, order);
  if (!timed || steps === undefined) return sets;
  const { array } = padding;
  const [, T] = x.arrays[array].shape;
  // Targets of other steps are refused as they are.
  if (steps === T || y.arrays.some(({ shape }, i) => timed[i] && shape[1] !== T)) return sets;
  const cut = ({ arrays, readings, paddings }: DataSet, isTimed: (i: number) => boolean | undefined): DataSet =>
    new DataSet(
      arrays.map((each, i) => (isTimed(i) && each.shape.length > 1 ? shortened(each, steps) : each)),
      readings,
      paddings,
    );
  const ofTargets = (set: DataSet): DataSet => cut(set, i => timed[i]);
  return { x: cut(x, i => i === array), y: ofTargets(y), weights: weights && ofTargets(weights) };
}

/** Some samples of both sets, in the given order; all of them by default. */
export function batchOf(sets: Sets, from = 0, to = sets.x.count, order?: Int32Array): LoadBatch {
  const { x, y, weights } = endingWithLongest(sets, from, to, order);
  const { first = 0, review } = sets;
  return context => ({
    x: x.load(context, from, to, order),
    y: y.load(context, from, to, order),
    weights: weights?.load(context, from, to, order),
    first: first + from,
    review,
    ...(order && { samples: order.subarray(from, to) }),
  });
}

/** The samples [from, to). */
function sliced({ arrays, readings, paddings }: DataSet, from: number, to: number): DataSet {
  return new DataSet(
    arrays.map(({ shape, data, place }) => {
      const own = [to - from, ...shape.slice(1)];
      const size = sizeOf(shape.slice(1));
      if (place) return { shape: own, data, place: element => place(from * size + element) };
      return ndarray(data.subarray(from * size, to * size), own);
    }),
    readings.map(reading => reading.from(from)),
    paddings.map(padding => padding.slice(from, to)),
  );
}

/**
 * Cuts off the last part for validation.
 *
 * @param part in [0, 1); 0 leaves all for training
 * @returns what to train and what to validate on
 */
export function splitSets(sets: Sets, part: number): [Sets, Sets?] {
  if (part === 0) return [sets];
  const { count } = sets.x;
  const kept = Math.floor(count * (1 - part));
  if (kept === 0 || kept === count) {
    throw new RangeError(
      `fit validationSplit: ${part} of ${count} samples leaves none for ${kept ? "validation" : "training"}; use more data or another part`,
    );
  }
  const { x, y, weights, timed } = sets;
  const range = (from: number, to: number): Sets => ({
    ...(timed && { timed }),
    x: sliced(x, from, to),
    y: sliced(y, from, to),
    weights: weights && sliced(weights, from, to),
  });
  return [range(0, kept), { ...range(kept, count), first: kept }];
}
