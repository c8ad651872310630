import type * as losses from "./index.ts";

/** Losses by name. A loss of your own is given as what `defineLoss` made, which needs no name here. */
export type LossName = keyof typeof losses | "mse" | "mae" | "mape" | "msle";
