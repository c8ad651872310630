/** Scalers: every feature brought to a common scale, and predictions back to the data's own unit. Who has one may give it to a model. */
import {
  scalerFromJSON as fromJSON,
  type MinMaxScalerOptions,
  minMaxScaler as minMax,
  type Scaler,
  standardScaler as standard,
} from "./data/scaling.ts";
import { registerAbilities } from "./models/abilities.ts";
import { expectScaling, scalingFrom } from "./models/scaling.ts";

const bring = () => registerAbilities({ scaling: { expectScaling, scalingFrom } });

/**
 * A scaler to mean 0 and standard deviation 1 (of the population): y = (x - mean) / deviation.
 *
 * @returns a scaler to be fitted
 * @example standardScaler().fitTransform([[1], [3]]).toArray() // [[-1], [1]]
 */
export function standardScaler(options: Parameters<typeof standard>[0] = {}): Scaler {
  bring();
  return standard(options);
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
  bring();
  return minMax(options);
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
  bring();
  return fromJSON(json);
}
