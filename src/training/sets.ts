/** Inputs with their targets. */
import { ndarray, sizeOf } from "../ndarray.ts";
import { type CompareSets, DataSet } from "./data.ts";
import type { Review } from "./review.ts";
import type { LoadBatch } from "./trainer.ts";

export interface Sets extends CompareSets {
  /** The number of the first sample in the data; default 0 */
  first?: number;
  /** What looks at the targets of the call. */
  review?: Review;
}

/** Some samples of both sets, in the given order; all of them by default. */
export function batchOf(sets: Sets, from = 0, to = sets.x.count, order?: Int32Array): LoadBatch {
  const { x, y, weights } = sets.x.paddings[0]?.cut(sets, from, to, order) ?? sets;
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
