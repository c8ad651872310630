/** What `fit` may be told. */
import type { Callback } from "../callbacks/callback.ts";
import { expectBoolean, expectFraction, expectInteger, expectOptions } from "../expect.ts";
import type { Plan } from "../graph/plan.ts";
import { describe } from "../ndarray.ts";
import { expectShuffle } from "./stateful.ts";

export interface FitOptions {
  /** Samples in a batch; default 32 */
  batchSize?: number;
  /** Passes over the data; default 1 */
  epochs?: number;
  /** A new order of the samples every epoch; default true, with stateful layers false */
  shuffle?: boolean;
  /** The last part of the data is kept for validation, in [0, 1); default 0 */
  validationSplit?: number;
  /** [x, y] to validate on, instead of a part of the data */
  validationData?: readonly [unknown, unknown];
  /** 0: silent; 1: a progress bar in a terminal, else as 2; 2: a line an epoch; default 1 */
  verbose?: 0 | 1 | 2;
  callbacks?: readonly Callback[];
  /** Aborting ends the training after the present batch; the history so far is returned */
  signal?: AbortSignal;
}

const FIT_OPTIONS = [
  "batchSize",
  "epochs",
  "shuffle",
  "validationSplit",
  "validationData",
  "verbose",
  "callbacks",
  "signal",
] as const;

/** Options of `fit`, checked and complete. */
export function expectFitOptions(options: FitOptions, plan: Plan) {
  expectOptions(options, FIT_OPTIONS, "fit");
  const validationSplit = expectFraction(options.validationSplit ?? 0, "fit validationSplit");
  const verbose = options.verbose ?? 1;
  if (verbose !== 0 && verbose !== 1 && verbose !== 2) {
    throw new RangeError(`fit verbose: expected 0, 1 or 2, got ${describe(verbose)}`);
  }
  if (
    options.validationData !== undefined &&
    !(Array.isArray(options.validationData) && options.validationData.length === 2)
  ) {
    throw new TypeError("fit validationData: expected a pair [x, y]");
  }
  const callbacks = options.callbacks ?? [];
  if (!Array.isArray(callbacks) || !callbacks.every(callback => typeof callback === "object" && callback !== null)) {
    throw new TypeError(
      "fit callbacks: expected a list of objects with hooks such as onEpochEnd, or of callbacks.earlyStopping()",
    );
  }
  const { signal } = options;
  if (signal !== undefined && typeof signal?.aborted !== "boolean") {
    throw new TypeError(`fit signal: expected an AbortSignal, got ${describe(signal)}`);
  }
  return {
    batchSize: expectInteger(options.batchSize ?? 32, "fit batchSize"),
    epochs: expectInteger(options.epochs ?? 1, "fit epochs"),
    shuffle: expectShuffle(
      plan,
      options.shuffle === undefined ? undefined : expectBoolean(options.shuffle, "fit shuffle"),
    ),
    validationSplit,
    verbose,
    callbacks: callbacks as readonly Callback[],
    signal,
  };
}

export type CheckedFitOptions = ReturnType<typeof expectFitOptions>;
