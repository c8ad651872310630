/** How often predictions are right. */
import { checked, type Input, integer, optional, options as schema } from "../options.ts";
import { METRIC, type Metric, type MetricBatch, type MetricOptions, meanMetric, plainMetric } from "./metric.ts";

function largest(numbers: ArrayLike<number>, from: number, width: number): number {
  let best = 0;
  for (let j = 1; j < width; j++) if (numbers[from + j] > numbers[from + best]) best = j;
  return best;
}

/** The class of a row: its id, or the largest of a distribution, the first of equals. */
function classOf({ target, width, ids }: MetricBatch, row: number): number {
  return ids ? target[row] : largest(target, row * width, width);
}

// Of labels that a scaler has scaled and brought back, the last bits are others.
const ROUNDING = 1e-6;

function binary({ prediction, target, logits }: MetricBatch): [number, number] {
  const border = logits ? 0 : 0.5;
  let right = 0;
  for (let i = 0; i < prediction.length; i++) {
    if (Math.abs(Number(prediction[i] > border) - target[i]) < ROUNDING) right++;
  }
  return [right, prediction.length];
}

function categorical(batch: MetricBatch): [number, number] {
  const { prediction, width } = batch;
  const rows = prediction.length / width;
  let right = 0;
  for (let r = 0; r < rows; r++) if (largest(prediction, r * width, width) === classOf(batch, r)) right++;
  return [right, rows];
}

/**
 * The part of predictions that are right. As Keras chooses: by ids for a sparse loss; each number above or below 1/2
 * where the output is one number or the loss is binary; else by the largest class. Of logits the border is 0.
 */
export function accuracy(options: MetricOptions = {}): Metric {
  return plainMetric("accuracy", "accuracy", options, "classes", batch =>
    !batch.ids && (batch.binary || batch.width === 1) ? binary(batch) : categorical(batch),
  );
}

const TOP_K = schema({
  /** How many of the largest count; default 5 */
  k: optional(integer(), 5),
});

export interface TopKOptions extends Input<typeof TOP_K>, MetricOptions {}

/**
 * The part of rows whose class is among the k largest predictions, by ids or distributions as the loss has them. Of
 * equals at the border all are in, as in Keras' `in_top_k`.
 *
 * @example net.compile({ loss: "sparseCategoricalCrossentropy", metrics: [metrics.topKCategoricalAccuracy({ k: 3 })] })
 */
export function topKCategoricalAccuracy(options: TopKOptions = {}): Metric {
  const name = "topKCategoricalAccuracy";
  const settings = checked(options, name, { ...TOP_K, ...METRIC });
  const { k } = settings;
  return meanMetric(name, name, settings, "classes", batch => {
    const { prediction, width } = batch;
    const rows = prediction.length / width;
    let right = 0;
    for (let r = 0; r < rows; r++) {
      const own = prediction[r * width + classOf(batch, r)];
      let larger = 0;
      for (let j = 0; j < width; j++) if (!(prediction[r * width + j] <= own)) larger++; // NaN is in no top
      if (larger < k) right++;
    }
    return [right, rows];
  });
}
