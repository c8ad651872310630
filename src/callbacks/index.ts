/** The callbacks that come with the package. Those that write files are in `wasm-lstm/node`. */
export { type EarlyStoppingOptions, earlyStopping } from "./earlyStopping.ts";
export { lambdaCallback } from "./lambdaCallback.ts";
export { learningRateScheduler } from "./learningRateScheduler.ts";
export { type CheckpointOptions, type ModelCheckpointOptions, modelCheckpoint } from "./modelCheckpoint.ts";
export { type ReduceLROnPlateauOptions, reduceLROnPlateau } from "./reduceLROnPlateau.ts";
export { terminateOnNaN } from "./terminateOnNaN.ts";
