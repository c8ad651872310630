import { hasMethods, Registry } from "../registry.ts";
import type { Metric } from "./metric.ts";

/** Metrics by name. */
export const metricRegistry = new Registry<Metric>({
  what: "metric",
  group: "metrics",
  example: "metrics.accuracy()",
  aliases: { mae: "meanAbsoluteError", mse: "meanSquaredError", rmse: "rootMeanSquaredError", acc: "accuracy" },
  is: (value): value is Metric => hasMethods(value, "start", "add", "result", "toJSON"),
});
