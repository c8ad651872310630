/** How often predictions are right. */
import { checked, type Input, integer, number, optional, options as schema } from "../options.ts";
import { classOf, largest } from "./classes.ts";
import { METRIC, type Metric, type MetricBatch, type MetricOptions, meanMetric, plainMetric } from "./metric.ts";

// Of labels that a scaler has scaled and brought back, the last bits are others.
const ROUNDING = 1e-6;

/** The part of a row's numbers that are above or below a border as the target says, where 0, or -1 beside a border of 0, is a no. */
function binary({ prediction, target, width }: MetricBatch, row: number, border: number): number {
  let right = 0;
  for (let i = row * width; i < (row + 1) * width; i++) {
    if (Math.abs(Number(prediction[i] > border) - (border ? target[i] : Math.max(0, target[i]))) < ROUNDING) right++;
  }
  return right / width;
}

const categorical = (batch: MetricBatch, row: number): number =>
  Number(largest(batch.prediction, row * batch.width, batch.width) === classOf(batch, row));

/**
 * The part of predictions that are right. As Keras chooses: by ids for a sparse loss; each number above or below 1/2
 * where the output is one number or the loss is binary; else by the largest class. Of logits the border is 0.
 */
export function accuracy(options: MetricOptions = {}): Metric {
  return plainMetric("accuracy", "accuracy", options, "classes", (batch, row) =>
    !batch.ids && (batch.binary || batch.width === 1)
      ? binary(batch, row, batch.logits ? 0 : 0.5)
      : categorical(batch, row),
  );
}

const BINARY = schema({
  /** What is above it is a yes; default 0.5, of logits 0 */
  threshold: optional(number()),
});

export interface BinaryAccuracyOptions extends Input<typeof BINARY>, MetricOptions {}

/** The part of numbers that are on the right side of a threshold. */
export function binaryAccuracy(options: BinaryAccuracyOptions = {}): Metric {
  const name = "binaryAccuracy";
  const settings = checked(options, name, { ...BINARY, ...METRIC });
  return meanMetric(name, name, settings, "numbers", (batch, row) =>
    binary(batch, row, settings.threshold ?? (batch.logits ? 0 : 0.5)),
  );
}

/** The part of rows whose largest prediction is the class, by ids or distributions as the loss has them. */
export function categoricalAccuracy(options: MetricOptions = {}): Metric {
  return plainMetric("categoricalAccuracy", "categoricalAccuracy", options, "classes", categorical);
}

/** The same under Keras' name for ids. */
export function sparseCategoricalAccuracy(options: MetricOptions = {}): Metric {
  return plainMetric("sparseCategoricalAccuracy", "sparseCategoricalAccuracy", options, "classes", categorical);
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
  return meanMetric(name, name, settings, "classes", (batch, row) => {
    const { prediction, width } = batch;
    const own = prediction[row * width + classOf(batch, row)];
    let larger = 0;
    for (let j = 0; j < width; j++) if (!(prediction[row * width + j] <= own)) larger++; // NaN is in no top
    return Number(larger < k);
  });
}
