/** What bench/ measures kernels with. Not exported by the package. */
export { Engine } from "../../engine/engine.ts";
export { layers, ndarray, optimizers, sequential } from "../../index.ts";
export { wholeWidePanels } from "../../ops/recurrent/cell.ts";
export { FRAME_ELEMENTS, type Frame, writeFrame } from "../../ops/recurrent/frame.ts";
export { median, type Timing, time, timeInTurns } from "./measure.ts";
export { measurePeak } from "./peak.ts";
export { benchProducts, type ProductResult } from "./products.ts";
export { sequence, streamUnits, type Workload, workloads } from "./workloads.ts";
