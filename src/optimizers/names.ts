import type * as optimizers from "./index.ts";

/** Optimizers by name, with default numbers. */
export type OptimizerName = keyof typeof optimizers;
