import type * as metrics from "./index.ts";

/** Metrics by name. A metric of your own is given as what `defineMetric` made, which needs no name here. */
export type MetricName = keyof typeof metrics | "mse" | "mae" | "rmse" | "mape" | "smape" | "acc" | "f1" | "r2";
