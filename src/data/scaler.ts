/** The scaler: statistics of each feature, and the affine map that they give. */

import { expectInteger } from "../expect.ts";
import { type ArrayLike32, type NDArray, ndarray, toNDArray } from "../ndarray.ts";
import { expectColumns } from "./columns.ts";
import type { ScalerJSON } from "./scalerJson.ts";
import { allSteps } from "./sequences.ts";
import { featureStatistics } from "./statistics.ts";

/** Learns a shift and a scale for each feature (last axis of [N, C] or [N, T, C], or one of [N] data) and applies them. */
export interface Scaler {
  readonly kind: ScalerJSON["kind"];
  /** The number of features C that `fit` saw; 0 before. */
  readonly features: number;
  /**
   * Learns from `data`, in float64; NaN entries are skipped, and a feature that is constant but for rounding gets scale 1.
   * Sequences [T][C] may have unequal lengths.
   */
  fit(data: ArrayLike32): Scaler;
  /** `data` scaled, in its shape; NaN stays NaN. */
  transform(data: ArrayLike32): NDArray<Float32Array>;
  /** Scaled values back in the unit of the data that `fit` saw, in float64: float32 may not hold such numbers. */
  inverseTransform(data: ArrayLike32): NDArray<Float64Array>;
  /** `fit`, then `transform` of the same data. */
  fitTransform(data: ArrayLike32): NDArray<Float32Array>;
  /**
   * A fitted scaler for these features, in this order. A number may come more than once: predictions of two steps of
   * features 3 and 0 come back with `scaler.select([3, 0, 3, 0]).inverseTransform(predictions)`.
   */
  select(indices: readonly number[]): Scaler;
  /** A fitted scaler for one feature. */
  column(index: number): Scaler;
  /**
   * A fitted scaler for the features of several rows side by side, as `windows` with a horizon makes y: `repeat(7)` is
   * `select` of all features in their order, seven times.
   */
  repeat(rows: number): Scaler;
  /** The learned numbers, for `scalerFromJSON`. */
  toJSON(): ScalerJSON;
}

/** Any such scaler is y = (x - offset) / scale + low, with its own offset and scale for each feature. */
function affine(json: ScalerJSON): { offset: number[]; scale: number[]; low: number } {
  // A constant feature has nothing to divide by: scale 1. So has one whose spread nothing can be divided by.
  const divisor = (spread: number) => (Number.isFinite(1 / spread) ? spread : 1);
  if (json.kind === "standard") return { offset: json.mean, scale: json.deviation.map(divisor), low: 0 };
  const [low, high] = json.range;
  return { offset: json.min, scale: json.max.map((max, i) => divisor((max - json.min[i]) / (high - low))), low };
}

/** The scaler of either kind, told apart by its JSON. */
export class FeatureScaler implements Scaler {
  /** Its lists are empty before `fit`. */
  #json: ScalerJSON;

  constructor(json: ScalerJSON) {
    this.#json = json;
  }

  get kind(): ScalerJSON["kind"] {
    return this.#json.kind;
  }

  get features(): number {
    return (this.#json.kind === "standard" ? this.#json.mean : this.#json.min).length;
  }

  fit(data: ArrayLike32): Scaler {
    const what = this.#name("fit");
    const { mean, deviation, min, max } = featureStatistics(asTable(toNDArray(allSteps(data, what), what), what), what);
    this.#json = this.#json.kind === "standard" ? { kind: "standard", mean, deviation } : { ...this.#json, min, max };
    return this;
  }

  transform(data: ArrayLike32): NDArray<Float32Array> {
    const { offset, scale, low } = affine(this.#fitted("transform"));
    const { shape, data: values } = this.#expectFeatures(data, "transform");
    const out = new Float32Array(values.length);
    for (let i = 0, feature = 0; i < out.length; i++) {
      out[i] = (values[i] - offset[feature]) / scale[feature] + low;
      if (++feature === offset.length) feature = 0;
    }
    return ndarray(out, shape);
  }

  inverseTransform(data: ArrayLike32): NDArray<Float64Array> {
    const { offset, scale, low } = affine(this.#fitted("inverseTransform"));
    const { shape, data: values } = this.#expectFeatures(data, "inverseTransform");
    const out = new Float64Array(values.length);
    for (let i = 0, feature = 0; i < out.length; i++) {
      out[i] = (values[i] - low) * scale[feature] + offset[feature];
      if (++feature === offset.length) feature = 0;
    }
    return ndarray(out, shape);
  }

  fitTransform(data: ArrayLike32): NDArray<Float32Array> {
    return this.fit(data).transform(data);
  }

  select(indices: readonly number[]): Scaler {
    return this.#pick(indices, "select");
  }

  column(index: number): Scaler {
    return this.#pick([index], "column");
  }

  repeat(rows: number): Scaler {
    this.#fitted("repeat");
    expectInteger(rows, `${this.#name("repeat")}: rows`, 1, 1e6);
    return this.select(Array.from({ length: rows * this.features }, (_, i) => i % this.features));
  }

  toJSON(): ScalerJSON {
    return JSON.parse(JSON.stringify(this.#fitted("toJSON"))); // structuredClone is not there in every runtime
  }

  #pick(indices: readonly number[], method: string): Scaler {
    const json = this.#fitted(method);
    const columns = expectColumns(indices, this.features, this.#name(method));
    const pick = (list: number[]) => columns.map(column => list[column]);
    if (json.kind === "standard") {
      return new FeatureScaler({ kind: "standard", mean: pick(json.mean), deviation: pick(json.deviation) });
    }
    return new FeatureScaler({ ...json, min: pick(json.min), max: pick(json.max) });
  }

  #expectFeatures(data: ArrayLike32, method: string): NDArray {
    const what = this.#name(method);
    const array = toNDArray(data, what);
    const { shape } = asTable(array, what);
    const features = this.features;
    if (shape[shape.length - 1] !== features) {
      throw new RangeError(
        `${what}: expected ${features} features on the last axis as in fit, got shape [${array.shape.join(", ")}]; ` +
          (array.shape.length === 1
            ? "numbers of one feature need its scaler, column(i)"
            : "for some of the features take select([...]) first, for several rows side by side repeat(n)"),
      );
    }
    return array;
  }

  #fitted(method: string): ScalerJSON {
    if (this.features === 0) throw new Error(`${this.#name(method)}: nothing learned yet; call fit(data) first`);
    return this.#json;
  }

  #name(method: string): string {
    return `${this.kind}Scaler.${method}`;
  }
}

/** Data with its features on the last axis: a list of numbers is one feature. */
function asTable(array: NDArray, what: string): NDArray {
  const { shape, data } = array;
  if (shape.length === 2 || shape.length === 3) return array;
  if (shape.length === 1) return ndarray(data, [shape[0], 1]);
  throw new RangeError(
    `${what}: expected [rows, features], [N, T, features] or the numbers of one feature, got shape [${shape.join(", ")}]`,
  );
}
