/** The options of the layer for missing values. */
import { showShape } from "../expect.ts";
import { type LayerOptions, layerSettings, titleOf } from "../layer/options.ts";
import { type ArrayLike32, type NDArray, toNDArray } from "../ndarray.ts";
import { boolean, type Checked, type Input, integer, oneOf, option, optional, options } from "../options.ts";

const STRATEGIES = ["mask", "zero", "mean", "last", "decay"] as const;

export type MissingStrategy = (typeof STRATEGIES)[number];

const OPTIONS = options({
  /**
   * What becomes of a missing value:
   * - "mask": a step of which all features are missing is hidden, as padding is; in other steps 0 stands for it
   * - "zero": 0, the mean of a standardized feature
   * - "mean": the feature's mean
   * - "last": the sequence's last value of the feature, before its first value the mean
   * - "decay": what decays from the last value to the mean, at a speed that training learns for every feature (GRU-D)
   */
  strategy: oneOf(STRATEGIES),
  /** Channels behind the features: 1 where a value is there, 0 where it is missing; default true for "decay" only */
  indicators: optional(boolean, ({ strategy }: { strategy: MissingStrategy }) => strategy === "decay"),
  /** Channels behind those: steps, or time, since the feature's last value, or since the beginning; default false */
  intervals: optional(boolean, false),
  /**
   * Which channel of the input, from 0, holds the time of its steps: for series sampled at irregular times. `intervals`
   * and "decay" then count time and not steps, in the unit of that channel; choose one in which steps are about 1 apart.
   * Only differences count: seconds since 1970 are exact. The channel is no feature: it may have no NaN, the output is
   * without it, and a scaler of the model's input leaves it as it is
   */
  time: optional(integer(0)),
  /** [C]: the means for "mean", "last" and "decay", as the model sees the data; default: those of the first training */
  means: optional(option<NDArray, ArrayLike32>(expectMeans)),
  /** Go on with the last values and steps of the batch before, as stateful recurrent layers do; default false */
  stateful: optional(boolean, false),
});

export interface MissingOptions extends Input<typeof OPTIONS>, LayerOptions {}

/** The same, checked and complete; without the means, which a saved model has as a weight. */
export type MissingSettings = Omit<Checked<typeof OPTIONS>, "means">;

function expectMeans(value: unknown, what: string): NDArray {
  const means = toNDArray(value, what);
  if (means.shape.length !== 1) {
    throw new RangeError(`${what}: expected [C], one for each feature, got ${showShape(means.shape)}`);
  }
  const bad = means.data.findIndex(mean => !Number.isFinite(mean));
  if (bad >= 0) throw new RangeError(`${what}: expected finite numbers, got ${means.data[bad]} at element ${bad}`);
  return means;
}

/** Checks and completes the options; the means apart. */
export function expectMissingOptions(options: MissingOptions) {
  const { means, ...settings } = layerSettings(options, "missing", OPTIONS);
  const { strategy } = settings;
  if (means !== undefined && (strategy === "mask" || strategy === "zero")) {
    const title = titleOf(options, "missing");
    throw new RangeError(`${title} means: strategy "${strategy}" has no use for them; leave them out or use "mean"`);
  }
  return { settings, means };
}
