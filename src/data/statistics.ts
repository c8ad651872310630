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

/** The last few bits of a number, relative to it: by as much may values differ that are meant to be one. */
const ROUNDING = { float32: 2 ** -22, float64: 2 ** -48 };

/**
 * Whether values differ by rounding alone, as 0.1 + 0.2 and 0.3 do. Dividing by such a spread would make noise, and any
 * other value enormous. A spread of 1 or more is kept, since dividing by it makes nothing larger.
 */
function isRounding(min: number, max: number, rounding: number): boolean {
  return max - min < 1 && max - min <= rounding * Math.max(Math.abs(min), Math.abs(max));
}

/**
 * Mean, standard deviation, minimum and maximum of every feature (last axis) in float64; NaN entries are left out. A
 * feature whose values differ by rounding alone is constant: its deviation is 0, its maximum its minimum.
 *
 * @param values [..., C]
 * @param what the name to use in an error
 * @throws RangeError when a feature has no number, or one that float32 cannot hold
 */
export function featureStatistics({ shape, data }: NDArray, what: string): FeatureStatistics {
  const features = shape[shape.length - 1];
  if (features === 0) throw new RangeError(`${what}: expected at least one feature, got shape [${shape.join(", ")}]`);
  const rounding = data instanceof Float32Array ? ROUNDING.float32 : ROUNDING.float64;
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
    const about = first + sum / count;
    let squares = 0;
    let rest = 0;
    for (let i = feature; i < data.length; i += features) {
      if (Number.isNaN(data[i])) continue;
      const away = data[i] - about;
      squares += away * away;
      rest += away;
    }
    const constant = isRounding(min, max, rounding);
    // What rounding left of the mean, where the first value is far from the others, is in the second sum.
    const variance = Math.max(0, squares - (rest * rest) / count) / count;
    result.mean.push(constant ? first : about + rest / count);
    result.deviation.push(constant ? 0 : Math.sqrt(variance));
    result.min.push(min);
    result.max.push(constant ? min : max);
  }
  return result;
}
