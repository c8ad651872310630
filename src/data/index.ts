/** Data for training: scaling, windows over a series, splits in the order of time. */

export { concat } from "./concat.ts";
export type { MinMaxScalerJSON, ScalerJSON, StandardScalerJSON } from "./scalerJson.ts";
export { type MinMaxScalerOptions, minMaxScaler, type Scaler, scalerFromJSON, standardScaler } from "./scaling.ts";
export { chronologicalSplit, type NamedArray, type Split, type SplitOptions } from "./split.ts";
export { type TimeseriesDataset, timeseriesDataset, type WindowView } from "./timeseriesDataset.ts";
export { latestWindow, type WindowOptions, type Windows, windows } from "./windows.ts";
