/** What bench/ measures kernels with. Not exported by the package. */
export { Engine } from "../../engine/engine.ts";
export { median, type Timing, time } from "./measure.ts";
export { measurePeak } from "./peak.ts";
export { benchProducts, type ProductResult } from "./products.ts";
export { sequence, streamUnits, type Workload, workloads } from "./workloads.ts";
