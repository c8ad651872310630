import type { Context } from "../context.ts";
import { expectBoolean, expectOneOf, expectOptions, showShape } from "../expect.ts";
import type { StepProgram, StepValue } from "../models/stepProgram.ts";
import { type ArrayLike32, type NDArray, toNDArray } from "../ndarray.ts";
import { bothMasks } from "../ops/masking.ts";
import { compileMissing, type Filling, filledSize, maskOfMissing, missing as missingOp } from "../ops/missing.ts";
import type { Tensor } from "../tensor.ts";
import {
  type InnerShape,
  LAYER_OPTIONS,
  Layer,
  type LayerOptions,
  lastAxis,
  type Weight,
  type WeightSpec,
} from "./layer.ts";
import { observedMeans } from "./observedMeans.ts";
import { type Keeping, keepStates, keptStates } from "./recurrent/state.ts";

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
  /** Channels behind those: steps since the feature's last value, or since the beginning; default false */
  intervals?: boolean;
  /** [C]: the means for "mean", "last" and "decay", as the model sees the data; default: those of the first training */
  means?: ArrayLike32;
  /** Go on with the last values and steps of the batch before, as stateful recurrent layers do; default false */
  stateful?: boolean;
}

type Settings = Required<Omit<MissingOptions, "means" | keyof LayerOptions>> & LayerOptions;

// The decay halves the distance to the mean in seven steps, until training knows better.
const FIRST_DECAY = { name: "constant", value: 0.1 } as const;

class Missing extends Layer<Settings> implements Keeping {
  readonly kind = "missing";
  readonly keptNames = ["last", "since"];
  // Not among the options: a saved model has the means as a weight.
  readonly #means: NDArray | undefined;
  #features = 0;

  constructor(options: Settings, means: NDArray | undefined) {
    super(options);
    this.#means = means;
  }

  override get acceptsMissing(): boolean {
    return true;
  }

  override get stateful(): boolean {
    return this.options.stateful;
  }

  get keptSizes(): readonly number[] {
    return [this.#features, this.#features];
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; ` +
          "values are missing in steps of a sequence, fill those of single samples first",
      );
    }
    const C = lastAxis(shape, this.name);
    if (this.#means && this.#means.data.length !== C) {
      throw new RangeError(
        `${this.name}: expected means for ${C} features, got ${this.#means.data.length}; give one for each feature`,
      );
    }
    this.#features = C;
    return [[shape[0], filledSize(this.options, C)]];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { strategy } = this.options;
    if (strategy === "mask" || strategy === "zero") return [];
    const C = [lastAxis(shape, this.name)];
    const zeros = { shape: C, initializer: { name: "zeros" } as const };
    const specs: WeightSpec[] = [
      { name: "mean", ...zeros, trainable: false },
      { name: "observed", ...zeros, trainable: false }, // of how many values that is the mean; 0: not known yet
    ];
    if (strategy === "decay") {
      specs.push({ name: "decayKernel", shape: C, initializer: FIRST_DECAY }, { name: "decayBias", ...zeros });
    }
    return specs;
  }

  override initialized(weight: Float32Array, name: string): void {
    if (!this.#means) return;
    if (name === "mean") weight.set(this.#means.data);
    if (name === "observed") weight.fill(1);
  }

  override adapt(numbersOf: (weight: Weight) => Float32Array, x: NDArray, lengths?: Int32Array): boolean {
    const [mean, observed] = this.weights.map(numbersOf);
    if (!observed || observed.every(count => count > 0)) return false;
    const learned = observedMeans(x, lengths);
    observed.forEach((count, j) => {
      if (count === 0) [mean[j], observed[j]] = [learned.mean[j], learned.count[j]];
    });
    return true;
  }

  get #filling(): Filling {
    const { strategy, indicators, intervals } = this.options;
    const [mean, , kernel, bias] = this.weights;
    const kind = strategy === "last" || strategy === "decay" ? strategy : "mean";
    return { kind, mean, kernel, bias, indicators, intervals };
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const initial = keptStates(context, this, x.shape[0], this.keptSizes);
    const { output, states } = missingOp(context, x, this.#filling, initial);
    keepStates(context, this, states);
    if (this.options.strategy === "mask") output.mask = bothMasks(context, maskOfMissing(context, x), x.mask);
    return [output];
  }

  override compileStep(program: StepProgram, input: StepValue): StepValue | undefined {
    if (this.options.strategy === "mask") return undefined;
    return compileMissing(program, input, this.#filling, this.name);
  }
}

function expectMeans(value: ArrayLike32): NDArray {
  const means = toNDArray(value, "missing means");
  if (means.shape.length !== 1) {
    throw new RangeError(`missing means: expected [C], one for each feature, got ${showShape(means.shape)}`);
  }
  const bad = means.data.findIndex(mean => !Number.isFinite(mean));
  if (bad >= 0)
    throw new RangeError(`missing means: expected finite numbers, got ${means.data[bad]} at element ${bad}`);
  return means;
}

/**
 * Takes NaN in its input as a missing value and fills it, or hides the step. x [N, T, C] -> [N, T, C]; each kind of
 * channels adds another C: [values, indicators, intervals]. It reads the model's input itself; everywhere else NaN is an
 * error. It sees numbers as the model does: after the input's scaler, if the model has one.
 *
 * Weights: mean and observed [C] for "mean", "last" and "decay", not trained: the mean of a feature's values in the data
 * of the first `fit` (or `trainOnBatch`), and how many those were; until then 0. For "decay" also decayKernel and
 * decayBias [C], trained: γ = e^-max(0, decayKernel·steps + decayBias), and γ·last + (1 - γ)·mean stands for the value.
 *
 * @param options see {@link MissingOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Che et al., "Recurrent neural networks for multivariate time series with missing values", 2018
 * @example layers.missing({ strategy: "decay", inputShape: [20, 10] })
 */
export function missing(options: MissingOptions): Layer {
  expectOptions(options, ["strategy", "indicators", "intervals", "means", "stateful", ...LAYER_OPTIONS], "missing");
  const { means, ...others } = options;
  const strategy = expectOneOf(options.strategy, STRATEGIES, "missing strategy");
  if (means !== undefined && (strategy === "mask" || strategy === "zero")) {
    throw new RangeError(`missing means: strategy "${strategy}" has no use for them; leave them out or use "mean"`);
  }
  const settings = {
    ...others,
    strategy,
    indicators: expectBoolean(options.indicators ?? strategy === "decay", "missing indicators"),
    intervals: expectBoolean(options.intervals ?? false, "missing intervals"),
    stateful: expectBoolean(options.stateful ?? false, "missing stateful"),
  };
  return new Missing(settings, means === undefined ? undefined : expectMeans(means));
}
