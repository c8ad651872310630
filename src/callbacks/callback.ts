/** Hooks into `fit`. */

import type { MetricName } from "../metrics/names.ts";
import type { ArrayData, NDArray } from "../ndarray.ts";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Bytes } from "../typedArray.ts";

/** Numbers by name: losses and metrics of a batch or an epoch. */
export type Logs = Record<string, number>;

type Letter = Uppercase<
  | "a"
  | "b"
  | "c"
  | "d"
  | "e"
  | "f"
  | "g"
  | "h"
  | "i"
  | "j"
  | "k"
  | "l"
  | "m"
  | "n"
  | "o"
  | "p"
  | "q"
  | "r"
  | "s"
  | "t"
  | "u"
  | "v"
  | "w"
  | "x"
  | "y"
  | "z"
>;

/**
 * The name of a log: "loss", a metric's, and "valLoss" or "valMae" of validation; with several outputs also "denseLoss" or
 * "valDenseMae". A metric of your own on the training data is named with `as LogName`.
 */
export type LogName =
  | "loss"
  | MetricName
  | `${string}Loss`
  | `${string}${Capitalize<MetricName>}`
  | `val${Letter}${string}`;

/** The model that is in training: what hooks may ask of it. It must not be trained, compiled or scaled anew meanwhile. */
export interface ModelInTraining {
  metadata: Record<string, unknown>;
  predict(x: ArrayData | readonly ArrayData[], options?: { batchSize?: number }): NDArray;
  predictAll(x: ArrayData | readonly ArrayData[], options?: { batchSize?: number }): NDArray[];
  evaluate(x: ArrayData | readonly ArrayData[], y: ArrayData, options?: { batchSize?: number }): Promise<Logs>;
  summary(): string;
}

/** @internal Where a run is when an epoch has ended: plain data, but for typed arrays. */
export interface RunState {
  /** Epochs that have ended */
  epoch: number;
  /** So many callbacks have been told of that; and what */
  told: number;
  logs: Logs;
  history: Record<string, number[]>;
  epochs: number[];
  stopReason?: string | undefined;
  /** Where in the data: the pass, and batches read of it */
  data: [pass: number, drawn: number];
  /** Of stateful layers */
  states: [name: string, numbers: Float32Array[]][];
  /** By callback, what `saveState` gave */
  callbacks: unknown[];
}

/** @internal A state as a file has it: JSON, and the numbers of its typed arrays by name. */
export interface SavedRun {
  readonly json: unknown;
  readonly numbers: ReadonlyMap<string, Float32Array>;
}

/** What a hook can see and do. */
export interface TrainingRun {
  readonly model: ModelInTraining;
  /** The last epoch is the one before this number. */
  readonly epochs: number;
  /** The number of the present epoch, and of the present batch in it, from 0. */
  readonly epoch: number;
  readonly batch: number;
  /** Infinity for data that does not tell, such as a generator without `stepsPerEpoch` */
  readonly batchesPerEpoch: number;
  /** That of the model: its `learningRate` may be set for the steps that follow. */
  readonly optimizer: Optimizer;
  /** The names of all logs that an epoch will have at its end. */
  readonly logNames: readonly string[];
  /** Of the present epoch so far; with those of the validation once it has ended. */
  readonly logs: Logs;
  /** Of the epochs that have ended, by name. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  getWeights(): NDArray[];
  setWeights(weights: readonly NDArray[]): void;
  /** The model as the bytes of a file, as it is now; with `optimizer` it resumes to the same bits. */
  save(options?: { optimizer?: boolean; run?: SavedRun | undefined }): Bytes;
  /** @internal In `onEpochEnd` alone */
  readonly state?: RunState | undefined;
  /** @internal Of the file that the model was loaded from */
  readonly saved?: SavedRun | undefined;
  /** @internal In `onTrainBegin` alone: goes on from there. */
  resume?(state: RunState): void;
  /** Ends the training after the present batch. */
  stop(reason?: string): void;
}

/** Any of these; each may be async, and is waited for, after an abort for a second; what else it returns is of no use. Epochs and batches count from 0. */
export interface Callback {
  onTrainBegin?(run: TrainingRun): unknown;
  onEpochBegin?(epoch: number, run: TrainingRun): unknown;
  /** `logs` are the means over the epoch so far. */
  onBatchEnd?(batch: number, logs: Logs, run: TrainingRun): unknown;
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): unknown;
  onTrainEnd?(run: TrainingRun): unknown;
  /** A step has failed, with weights as they were before it: the error is thrown by `fit`, unless this stops the run. */
  onError?(error: Error, run: TrainingRun): unknown;
  /** What it has to remember where training goes on from a checkpoint: plain data, and Float32Arrays. */
  saveState?(run: TrainingRun): unknown;
  /** Gets that back, after `onTrainBegin`; undefined where the checkpoint has nothing of it. */
  loadState?(state: unknown, run: TrainingRun): void;
}
