/** Metrics: sums over batches, divided once at the end, so that batches of unequal size count right. */
import { expectOneOf } from "./expect.ts";
import type { Shape } from "./tensor.ts";

const NAMES = ["mae", "mse", "accuracy"] as const;
export type MetricName = (typeof NAMES)[number];

const ALIASES = new Map<unknown, MetricName>([
  ["meanAbsoluteError", "mae"],
  ["meanSquaredError", "mse"],
  ["acc", "accuracy"],
]);

export interface Metric {
  readonly name: MetricName;
  /**
   * The sum over a batch, and how many terms it has.
   *
   * @param prediction numbers of the given shape
   * @param target numbers of the same shape, or class ids without its last axis
   */
  measure(prediction: Float32Array, target: Float32Array | Int32Array, shape: Shape): [sum: number, count: number];
}

function pointwise(name: "mae" | "mse"): Metric {
  return {
    name,
    measure(prediction, target) {
      let sum = 0;
      for (let i = 0; i < prediction.length; i++) {
        const e = prediction[i] - target[i];
        sum += name === "mae" ? Math.abs(e) : e * e;
      }
      return [sum, prediction.length];
    },
  };
}

const binaryAccuracy: Metric = {
  name: "accuracy",
  measure(prediction, target) {
    let right = 0;
    for (let i = 0; i < prediction.length; i++) if (Number(prediction[i] > 0.5) === target[i]) right++;
    return [right, prediction.length];
  },
};

function largest(numbers: ArrayLike<number>, from: number, V: number): number {
  let best = 0;
  for (let j = 1; j < V; j++) if (numbers[from + j] > numbers[from + best]) best = j;
  return best;
}

function categoricalAccuracy(sparse: boolean): Metric {
  return {
    name: "accuracy",
    measure(prediction, target, shape) {
      const V = shape[shape.length - 1];
      const rows = prediction.length / V;
      let right = 0;
      for (let r = 0; r < rows; r++) {
        const wanted = sparse ? target[r] : largest(target, r * V, V);
        if (largest(prediction, r * V, V) === wanted) right++;
      }
      return [right, rows];
    },
  };
}

/**
 * A metric by name. "accuracy" is chosen as Keras does: by ids for a sparse loss, binary where the output is one number
 * or the loss is binary, else by the largest class.
 *
 * @param units size of the output's last axis
 */
export function expectMetric(value: unknown, loss: string, units: number): Metric {
  const name = ALIASES.get(value) ?? expectOneOf(value, NAMES, "metric");
  if (name !== "accuracy") return pointwise(name);
  if (loss === "sparseCategoricalCrossentropy") return categoricalAccuracy(true);
  return units === 1 || loss === "binaryCrossentropy" ? binaryAccuracy : categoricalAccuracy(false);
}
