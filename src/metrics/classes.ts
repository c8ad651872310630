/** Which class a row of numbers means. */
import type { MetricBatch } from "./metric.ts";

/** The place of the largest number of a row, the first of equals. */
export function largest(numbers: ArrayLike<number>, from: number, width: number): number {
  let best = 0;
  for (let j = 1; j < width; j++) if (numbers[from + j] > numbers[from + best]) best = j;
  return best;
}

/** The class of a row: its id, or the largest of a distribution, the first of equals. */
export function classOf({ target, width, ids }: MetricBatch, row: number): number {
  return ids ? target[row] : largest(target, row * width, width);
}
