import { checked } from "../options.ts";
import { METRIC, type Metric, type MetricOptions, rowsIn } from "./metric.ts";

/** Weighted sums of each feature. */
interface Sums {
  count: number;
  features: { target: number; squares: number; errors: number }[];
}

/** 1 - squared errors / spread of the targets, the mean over features; 1 is perfect, 0 as good as the mean of the targets. */
export function r2Score(options: MetricOptions = {}): Metric {
  const settings = checked(options, "r2Score", METRIC);
  const { name = "r2Score" } = settings;
  const metric: Metric<Sums> = {
    name,
    compares: "numbers",
    start: () => ({ count: 0, features: [] }),
    add(state, batch) {
      const { prediction, target, width, weights } = batch;
      for (let row = 0; row < rowsIn(batch); row++) {
        const weight = weights ? weights[row] : 1;
        state.count += weight;
        for (let j = 0; j < width; j++) {
          state.features[j] ??= { target: 0, squares: 0, errors: 0 };
          const [p, y] = [prediction[row * width + j], target[row * width + j]];
          state.features[j].target += weight * y;
          state.features[j].squares += weight * y * y;
          state.features[j].errors += weight * (p - y) * (p - y);
        }
      }
    },
    result({ count, features }) {
      const scores = features.map(({ target, squares, errors }) => {
        const spread = squares - (target * target) / count;
        return spread > 0 ? 1 - errors / spread : 0;
      });
      return scores.length > 0 ? scores.reduce((a, b) => a + b, 0) / scores.length : 0;
    },
    toJSON: () => ({ name: "r2Score", options: settings }),
  };
  return metric;
}
