import type { Context } from "../context.ts";
import { MISSING } from "../engine/families/missing.generated.ts";
import { showShape } from "../expect.ts";
import { type Carrying, carriedStates, carryStates } from "../layer/carried.ts";
import { Layer, type LayerInputs, lastAxis } from "../layer/layer.ts";
import type { NDArray } from "../ndarray.ts";
import { bothMasks, compileBothMasks } from "../ops/masking.ts";
import {
  compileMaskOfMissing,
  compileMissing,
  type Filling,
  filledSize,
  maskOfMissing,
  missing as missingOp,
} from "../ops/missing.ts";
import { restOf } from "../ops/times.ts";
import type { Samples } from "../samples.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";
import {
  expectMissingOptions,
  type MissingOptions,
  type MissingSettings,
  type MissingStrategy,
} from "./missingOptions.ts";
import { observedMeans } from "./observedMeans.ts";

export type { MissingOptions, MissingStrategy };

// The decay halves the distance to the mean in seven steps, or units of time, until training knows better.
const FIRST_DECAY = { name: "constant", value: 0.1 } as const;

class Missing extends Layer<MissingSettings> implements Carrying {
  readonly kind = "missing";
  // Not among the options: a saved model has the means as a weight.
  readonly #means: NDArray | undefined;
  #features = 0;

  constructor(options: MissingSettings, means: NDArray | undefined) {
    super(options);
    this.#means = means;
  }

  override get families() {
    return [MISSING];
  }

  override get inputs(): LayerInputs {
    const { time } = this.options;
    return { least: 1, most: 1, missing: true, ...(time === undefined ? {} : { question: restOf(time), time }) };
  }

  override get stateful(): boolean {
    return this.options.stateful;
  }

  get carriedNames(): readonly string[] {
    return ["last", "since", ...(this.options.time === undefined ? [] : ["time", "rest of time"])];
  }

  get carriedSizes(): readonly number[] {
    return [this.#features, this.#features, 1, 1].slice(0, this.carriedNames.length);
  }

  /** C, the number of features in an input: the time is none. */
  #featuresOf(shape: InnerShape): number {
    const channels = lastAxis(shape, this.name);
    const { time } = this.options;
    if (time === undefined) return channels;
    if (channels < 2 || time >= channels) {
      throw new RangeError(
        `${this.name}: expected time to be one of the input's channels, 0 to ${channels - 1}, and a feature beside it, ` +
          `got ${time}; count channels from 0`,
      );
    }
    return channels - 1;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; ` +
          "values are missing in steps of a sequence, fill those of single samples first",
      );
    }
    const C = this.#featuresOf(shape);
    if (this.#means && this.#means.data.length !== C) {
      throw new RangeError(
        `${this.name}: expected means for ${C} features, got ${this.#means.data.length}; give one for each feature`,
      );
    }
    return [[shape[0], filledSize(this.options, C)]];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { strategy } = this.options;
    if (strategy === "mask" || strategy === "zero") return [];
    const C = [this.#featuresOf(shape)];
    const zeros = { shape: C, initializer: { name: "zeros" } as const };
    const learned: WeightSpec[] = [
      { name: "mean", ...zeros, trainable: false },
      { name: "observed", ...zeros, trainable: false }, // of how many values that is the mean; 0: not known yet
    ];
    if (strategy !== "decay") return learned;
    return [{ name: "decayKernel", shape: C, initializer: FIRST_DECAY }, { name: "decayBias", ...zeros }, ...learned];
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    this.#features = this.#featuresOf(inputs[0]);
  }

  override initialized(weight: Float32Array, name: string): void {
    if (!this.#means) return;
    if (name === "mean") weight.set(this.#means.data);
    if (name === "observed") weight.fill(1);
  }

  override adapt(numbersOf: (weight: Weight) => Float32Array, x: Samples, lengths?: Int32Array): boolean {
    const { mean, observed } = this.weights;
    if (!observed) return false;
    const [means, counts] = [numbersOf(mean), numbersOf(observed)];
    if (counts.every(count => count > 0)) return false;
    const learned = observedMeans(x, lengths);
    const { time = x.shape[2] } = this.options;
    counts.forEach((count, j) => {
      const channel = j < time ? j : j + 1;
      if (count === 0) [means[j], counts[j]] = [learned.mean[channel], learned.count[channel]];
    });
    return true;
  }

  get #filling(): Filling {
    const { strategy, indicators, intervals, time } = this.options;
    const { mean, decayKernel: kernel, decayBias: bias } = this.weights;
    const kind = strategy === "last" || strategy === "decay" ? strategy : "mean";
    return { kind, mean, kernel, bias, indicators, intervals, time };
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const initial = carriedStates(context, this, x.shape[0], this.carriedSizes);
    const { output, states, features } = missingOp(context, x, this.#filling, initial, this.name);
    carryStates(context, this, states);
    if (this.options.strategy === "mask") output.mask = bothMasks(context, maskOfMissing(context, features), x.mask);
    return [output];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] | undefined {
    const { strategy, time } = this.options;
    // Times are checked before a step begins: they must be there then, and not be hidden by what it computes.
    if (time !== undefined && (!x.readings || x.mask !== undefined)) return undefined;
    const { output, features } = compileMissing(program, x, this.#filling, this.name);
    if (strategy !== "mask") return [output];
    return [{ ...output, mask: compileBothMasks(program, compileMaskOfMissing(program, features), x.mask) }];
  }
}

/**
 * Takes NaN in its input as a missing value and fills it, or hides the step. x [N, T, C] -> [N, T, C]; each kind of
 * channels adds another C: [values, indicators, intervals]. It reads the model's input itself; everywhere else NaN is an
 * error. It sees numbers as the model does: after the input's scaler, if the model has one, but for times. Padding is
 * skipped.
 *
 * Weights: mean and observed [C] for "mean", "last" and "decay", not trained: the mean of a feature's values in the data
 * of the first `fit`, without those for validation, or of the first batch of `trainOnBatch`, and how many those were; until
 * then 0. For "decay", before these, decayKernel and decayBias [C], trained: γ = e^-max(0, decayKernel·passed + decayBias),
 * where `passed` is steps or time since the last value, and γ·last + (1 - γ)·mean stands for the value.
 *
 * @param options see {@link MissingOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Che et al., "Recurrent neural networks for multivariate time series with missing values", 2018
 * @example layers.missing({ strategy: "decay", inputShape: [20, 10] })
 * @example layers.missing({ strategy: "decay", time: 0, inputShape: [null, 11] }) // channel 0: hours since admission
 */
export function missing(options: MissingOptions): Layer {
  const { settings, means } = expectMissingOptions(options);
  return new Missing(settings, means);
}
