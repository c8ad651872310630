/** What bench/ measures kernels with. Not exported by the package. */
export { Engine } from "../../engine/engine.ts";
export type { Kernels } from "../../engine/kernels.ts";
export { activationKinds } from "../../engine/kinds.generated.ts";
export { wholeWidePanels } from "../../engine/layout.ts";
export type { Parallel } from "../../engine/threads/parallel.ts";
export { layers, ndarray, optimizers, sequential } from "../../index.ts";
export { FRAME_ELEMENTS, type Frame, writeFrame } from "../../recurrent/run/frame.ts";
export { median, type Timing, time, timeInTurns } from "./measure.ts";
export { measurePeak } from "./peak.ts";
export { benchProducts, type ProductResult } from "./products.ts";
export { type Report, type Row, runBench } from "./run.ts";
export { runtimeName } from "./runtimeName.ts";
export { showMs, tableHead, tableRow } from "./table.ts";
export { sequence, streamUnits, type Workload, workloads } from "./workloads.ts";
