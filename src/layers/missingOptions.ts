/** The options of the layer for missing values. */
import { expectBoolean, expectInteger, expectOneOf, expectOptions, showShape } from "../expect.ts";
import { LAYER_OPTIONS, type LayerOptions, titleOf } from "../layer/layer.ts";
import { type ArrayLike32, type NDArray, toNDArray } from "../ndarray.ts";

const STRATEGIES = ["mask", "zero", "mean", "last", "decay"] as const;

export type MissingStrategy = (typeof STRATEGIES)[number];

export interface MissingOptions extends LayerOptions {
  /**
   * What becomes of a missing value:
   * - "mask": a step of which all features are missing is hidden, as padding is; in other steps 0 stands for it
   * - "zero": 0, the mean of a standardized feature
   * - "mean": the feature's mean
   * - "last": the sequence's last value of the feature, before its first value the mean
   * - "decay": what decays from the last value to the mean, at a speed that training learns for every feature (GRU-D)
   */
  strategy: MissingStrategy;
  /** Channels behind the features: 1 where a value is there, 0 where it is missing; default true for "decay" only */
  indicators?: boolean;
  /** Channels behind those: steps, or time, since the feature's last value, or since the beginning; default false */
  intervals?: boolean;
  /**
   * Which channel of the input, from 0, holds the time of its steps: for series sampled at irregular times. `intervals`
   * and "decay" then count time and not steps, in the unit of that channel; choose one in which steps are about 1 apart.
   * Only differences count. The channel is no feature: it may have no NaN, and the output is without it
   */
  time?: number;
  /** [C]: the means for "mean", "last" and "decay", as the model sees the data; default: those of the first training */
  means?: ArrayLike32;
  /** Go on with the last values and steps of the batch before, as stateful recurrent layers do; default false */
  stateful?: boolean;
}

/** The same, checked and complete; without the means, which a saved model has as a weight. */
export type MissingSettings = Required<Omit<MissingOptions, "means" | "time" | keyof LayerOptions>> &
  Pick<MissingOptions, "time"> &
  LayerOptions;

function expectMeans(value: ArrayLike32, what: string): NDArray {
  const means = toNDArray(value, what);
  if (means.shape.length !== 1) {
    throw new RangeError(`${what}: expected [C], one for each feature, got ${showShape(means.shape)}`);
  }
  const bad = means.data.findIndex(mean => !Number.isFinite(mean));
  if (bad >= 0) throw new RangeError(`${what}: expected finite numbers, got ${means.data[bad]} at element ${bad}`);
  return means;
}

/** Checks and completes the options; the means apart. */
export function expectMissingOptions(options: MissingOptions): { settings: MissingSettings; means?: NDArray } {
  const title = titleOf(options, "missing");
  expectOptions(options, ["strategy", "indicators", "intervals", "time", "means", "stateful", ...LAYER_OPTIONS], title);
  const { means, ...others } = options;
  const strategy = expectOneOf(options.strategy, STRATEGIES, `${title} strategy`);
  if (means !== undefined && (strategy === "mask" || strategy === "zero")) {
    throw new RangeError(`${title} means: strategy "${strategy}" has no use for them; leave them out or use "mean"`);
  }
  const settings = {
    ...others,
    strategy,
    indicators: expectBoolean(options.indicators ?? strategy === "decay", `${title} indicators`),
    intervals: expectBoolean(options.intervals ?? false, `${title} intervals`),
    ...(options.time === undefined ? {} : { time: expectInteger(options.time, `${title} time`, 0) }),
    stateful: expectBoolean(options.stateful ?? false, `${title} stateful`),
  };
  return { settings, ...(means === undefined ? {} : { means: expectMeans(means, `${title} means`) }) };
}
