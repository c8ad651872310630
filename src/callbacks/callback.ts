/** Hooks into `fit`. */

import type { MetricName } from "../metrics/names.ts";
import type { NDArray } from "../ndarray.ts";
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

/** What a hook can see and do. */
export interface TrainingRun {
  readonly epochs: number;
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
  save(options?: { optimizer?: boolean }): Bytes;
  /** Ends the training after the present batch. */
  stop(reason?: string): void;
}

/** Any of these; each may be async, and is waited for; what else it returns is of no use. Epochs and batches count from 0. */
export interface Callback {
  onTrainBegin?(run: TrainingRun): unknown;
  onEpochBegin?(epoch: number, run: TrainingRun): unknown;
  /** `logs` are the means over the epoch so far. */
  onBatchEnd?(batch: number, logs: Logs, run: TrainingRun): unknown;
  onEpochEnd?(epoch: number, logs: Logs, run: TrainingRun): unknown;
  onTrainEnd?(run: TrainingRun): unknown;
}
