/** How far predictions are off, number by number; in the unit of y, also where the model has a scaler for it. */
import { type Metric, type MetricOptions, plainMetric, type RowValue } from "./metric.ts";

/** The mean over a row's numbers. */
const meanOf =
  (cost: (p: number, y: number) => number): RowValue =>
  ({ prediction, target, width }, row) => {
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) sum += cost(prediction[i], target[i]);
    return sum / width;
  };

const squared = meanOf((p, y) => (p - y) * (p - y));
/** Below which Keras takes no divisor. */
const EPSILON = 1e-7;

/** Mean of |prediction - target|; "mae" in logs. */
export function meanAbsoluteError(options: MetricOptions = {}): Metric {
  return plainMetric(
    "meanAbsoluteError",
    "mae",
    options,
    "numbers",
    meanOf((p, y) => Math.abs(p - y)),
  );
}

/** Mean of (prediction - target)²; "mse" in logs. */
export function meanSquaredError(options: MetricOptions = {}): Metric {
  return plainMetric("meanSquaredError", "mse", options, "numbers", squared);
}

/** The root of that, over all batches together; "rmse" in logs. */
export function rootMeanSquaredError(options: MetricOptions = {}): Metric {
  const mean = plainMetric("rootMeanSquaredError", "rmse", options, "numbers", squared);
  return { ...mean, result: state => Math.sqrt(mean.result(state)) };
}

/** Mean of 100·|prediction - target| / |target|, in percent; of a target below 1e-7 that is the divisor; "mape" in logs. */
export function meanAbsolutePercentageError(options: MetricOptions = {}): Metric {
  const part = meanOf((p, y) => (100 * Math.abs(p - y)) / Math.max(Math.abs(y), EPSILON));
  return plainMetric("meanAbsolutePercentageError", "mape", options, "numbers", part);
}

/**
 * Mean of 200·|prediction - target| / (|prediction| + |target|), in percent, 0 where both are 0; "smape" in logs.
 *
 * @see Makridakis, "Accuracy measures: theoretical and practical concerns", 1993
 */
export function symmetricMeanAbsolutePercentageError(options: MetricOptions = {}): Metric {
  const part = meanOf((p, y) => (p === y ? 0 : (200 * Math.abs(p - y)) / (Math.abs(p) + Math.abs(y))));
  return plainMetric("symmetricMeanAbsolutePercentageError", "smape", options, "numbers", part);
}
