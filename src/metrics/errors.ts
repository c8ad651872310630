/** How far predictions are off, number by number; in the unit of y, also where the model has a scaler for it. */
import { type Metric, type MetricBatch, type MetricOptions, plainMetric } from "./metric.ts";

function sumOver({ prediction, target }: MetricBatch, cost: (e: number) => number): [number, number] {
  let sum = 0;
  for (let i = 0; i < prediction.length; i++) sum += cost(prediction[i] - target[i]);
  return [sum, prediction.length];
}

/** Mean of |prediction - target|; "mae" in logs. */
export function meanAbsoluteError(options: MetricOptions = {}): Metric {
  return plainMetric("meanAbsoluteError", "mae", options, "numbers", batch => sumOver(batch, Math.abs));
}

/** Mean of (prediction - target)²; "mse" in logs. */
export function meanSquaredError(options: MetricOptions = {}): Metric {
  return plainMetric("meanSquaredError", "mse", options, "numbers", batch => sumOver(batch, e => e * e));
}

/** The root of that, over all batches together; "rmse" in logs. */
export function rootMeanSquaredError(options: MetricOptions = {}): Metric {
  const squares = (batch: MetricBatch) => sumOver(batch, e => e * e);
  const mean = plainMetric("rootMeanSquaredError", "rmse", options, "numbers", squares);
  return { ...mean, result: state => Math.sqrt(mean.result(state)) };
}
