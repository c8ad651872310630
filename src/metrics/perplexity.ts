import { isBinary, labelAt, probabilitiesOf } from "./classes.ts";
import { type Metric, type MetricOptions, plainMetric } from "./metric.ts";

/** Below which a probability counts as that, as in Keras' cross-entropies. */
const LEAST = 1e-7;

/** e to the mean cross-entropy of the class over all rows: how many classes a prediction hesitates between. Of padding nothing counts. */
export function perplexity(options: MetricOptions = {}): Metric {
  const mean = plainMetric("perplexity", "perplexity", options, "classes", (batch, row) => {
    const p = probabilitiesOf(batch, row);
    const binary = isBinary(batch);
    let cost = 0;
    for (let j = 0; j < batch.width; j++) {
      const y = labelAt(batch, row, j);
      if (y !== 0) cost -= y * Math.log(Math.max(p[j], LEAST));
      if (binary && y !== 1) cost -= (1 - y) * Math.log(Math.max(1 - p[j], LEAST));
    }
    return binary ? cost / batch.width : cost;
  });
  return { ...mean, result: state => Math.exp(mean.result(state)) };
}
