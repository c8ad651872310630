/** Which class a row of numbers means, and how probable each is. */
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

/**
 * What the target says of class j of a row, 0 to 1.
 *
 * @throws RangeError for targets that are no labels
 */
export function labelAt({ target, width, ids }: MetricBatch, row: number, j: number): number {
  if (ids) return Number(target[row] === j);
  const label = target[row * width + j];
  if (label > -1e-6 && label < 1 + 1e-6) return label; // scalers round
  throw new RangeError(
    `metrics: expected labels in 0..1 for a metric of classes, got ${label}; numbers have "mae" and others`,
  );
}

/** Whether each number is a yes or a no by itself, and not one class of several. */
export const isBinary = ({ binary, width, ids }: MetricBatch): boolean => !ids && (binary || width === 1);

/** The predictions of a row as probabilities: of logits by their sigmoid, or their softmax where one class of several is meant. */
export function probabilitiesOf(batch: MetricBatch, row: number): ArrayLike<number> {
  const { prediction, width, logits } = batch;
  const own = prediction.subarray(row * width, (row + 1) * width);
  if (!logits) return own;
  if (isBinary(batch)) return Float64Array.from(own, z => 1 / (1 + Math.exp(-z)));
  const top = own[largest(own, 0, width)];
  const powers = Float64Array.from(own, z => Math.exp(z - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map(power => power / sum);
}
