/** What scalers learn: a few numbers for each feature. */
import type { NDArray } from "../ndarray.ts";

/** One entry for each feature. */
export interface FeatureStatistics {
  mean: number[];
  /** Standard deviation of the population: the sum of squares is divided by the number of values. */
  deviation: number[];
  min: number[];
  max: number[];
}

/**
 * Mean, standard deviation, minimum and maximum of every feature (last axis) in float64; NaN entries are left out.
 *
 * @param values [..., C]
 * @param what the name to use in an error
 * @throws RangeError when a feature has no number, or one that float32 cannot hold
 */
export function featureStatistics({ shape, data }: NDArray, what: string): FeatureStatistics {
  const features = shape[shape.length - 1];
  if (features === 0) throw new RangeError(`${what}: expected at least one feature, got shape [${shape.join(", ")}]`);
  const result: FeatureStatistics = { mean: [], deviation: [], min: [], max: [] };
  for (let feature = 0; feature < features; feature++) {
    let count = 0;
    let first = 0;
    let sum = 0;
    let min = Infinity;
    let max = -Infinity;
    for (let i = feature; i < data.length; i += features) {
      const x = data[i];
      if (Number.isNaN(x)) continue;
      if (!Number.isFinite(Math.fround(x))) {
        throw new RangeError(
          `${what}: expected numbers that fit float32, got ${x} in feature ${feature}, ` +
            `row ${(i - feature) / features}; remove it or put NaN there`,
        );
      }
      if (count++ === 0) first = x;
      // Relative to the first value, so that a constant feature has exactly that mean and deviation 0.
      sum += x - first;
      min = Math.min(min, x);
      max = Math.max(max, x);
    }
    if (count === 0) {
      throw new RangeError(
        `${what}: feature ${feature} has no number to learn from (shape [${shape.join(", ")}], NaN is skipped); ` +
          "remove the feature or pass more rows",
      );
    }
    const mean = first + sum / count;
    let squares = 0;
    for (let i = feature; i < data.length; i += features) {
      if (!Number.isNaN(data[i])) squares += (data[i] - mean) ** 2;
    }
    result.mean.push(mean);
    result.deviation.push(Math.sqrt(squares / count));
    result.min.push(min);
    result.max.push(max);
  }
  return result;
}
