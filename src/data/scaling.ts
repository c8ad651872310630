/** Scalers: every feature brought to a common scale, and predictions back to the data's own unit. */
import { checked, type Input, option, optional, options } from "../options.ts";
import { FeatureScaler, type Scaler } from "./scaler.ts";
import { expectRange, expectScalerJSON } from "./scalerJson.ts";

export type { Scaler } from "./scaler.ts";

type Range = readonly [low: number, high: number];

const OPTIONS = options({
  /** Where minimum and maximum go ([0, 1]). */
  range: optional(option<[low: number, high: number], Range>(expectRange), [0, 1]),
});

/** A standard scaler has none: what is meant for another library would pass in silence. */
const NONE = options({});

export interface MinMaxScalerOptions extends Input<typeof OPTIONS> {}

/**
 * A scaler to mean 0 and standard deviation 1 (of the population): y = (x - mean) / deviation.
 *
 * @returns a scaler to be fitted
 * @example standardScaler().fitTransform([[1], [3]]).toArray() // [[-1], [1]]
 */
export function standardScaler(options: Input<typeof NONE> = {}): Scaler {
  checked(options, "standardScaler", NONE, ": ");
  return new FeatureScaler({ kind: "standard", mean: [], deviation: [] });
}

/**
 * A scaler that puts the minimum and the maximum of every feature at the ends of a range.
 *
 * @param options.range the ends, low < high; [0, 1] when left out
 * @returns a scaler to be fitted
 * @throws TypeError or RangeError when the range is not two numbers, low < high
 * @example minMaxScaler({ range: [-1, 1] }).fitTransform([[1], [2], [3]]).toArray() // [[-1], [0], [1]]
 */
export function minMaxScaler(options: MinMaxScalerOptions = {}): Scaler {
  const { range } = checked(options, "minMaxScaler", OPTIONS, ": ");
  return new FeatureScaler({ kind: "minMax", range, min: [], max: [] });
}

/**
 * The scaler that gave this JSON by `toJSON()`.
 *
 * @param json parsed JSON, from anywhere: it is checked
 * @returns a fitted scaler
 * @throws TypeError for a wrong type, RangeError for a wrong value; both name the entry
 * @example scalerFromJSON({ kind: "standard", mean: [2], deviation: [1] }).transform([[3]]).toArray() // [[1]]
 */
export function scalerFromJSON(json: unknown): Scaler {
  return new FeatureScaler(expectScalerJSON(json, "scalerFromJSON"));
}
