import { describe } from "../describe.ts";
import { expectInteger } from "../expect.ts";
import { boolean, checked, type Input, number, option, optional, options } from "../options.ts";
import type { Bytes } from "../typedArray.ts";
import type { Callback, Logs, TrainingRun } from "./callback.ts";
import { expectMonitor, modeOption, monitored, signOf } from "./monitor.ts";
import { withOrigin } from "./origin.ts";
import { perRun } from "./perRun.ts";
import { expectRun, packed } from "./runState.ts";

/** When a checkpoint is made. */
export interface Moment {
  /** From 0, as hooks count them */
  readonly epoch: number;
  readonly logs: Logs;
}

/** Of the checkpoint that `wasm-lstm/node` writes to a path too. */
export const CHECKPOINT = options({
  /** The log to watch; default "valLoss" */
  monitor: optional(monitored, "valLoss"),
  /** Saves only where that is the best so far; default false */
  saveBestOnly: optional(boolean, false),
  /** "min": lower is better; "max": higher; "auto": max for accuracies; default "auto" */
  mode: optional(modeOption, "auto"),
  /** After every epoch, or after so many batches; then the file does not say where in its epoch it is. Default "epoch" */
  saveFreq: optional(
    option((value, what): "epoch" | number => (value === "epoch" ? value : expectInteger(value, what))),
    "epoch",
  ),
  /** What the log has to be better than for the first save; default none */
  initialValueThreshold: optional(number()),
  /** Leaves out the optimizer's state: such a file is smaller, and does not go on training to the same bits; default false */
  saveWeightsOnly: optional(boolean, false),
  /**
   * Goes on where the checkpoint stopped that the model was loaded from: with its history, in its order of data, with what callbacks
   * remember; of a model that was not, at the beginning. Default false
   */
  resume: optional(boolean, false),
});

const OPTIONS = options({
  /** Gets the bytes of the file, to keep them anywhere; it is waited for */
  store: option((value, what): ((bytes: Bytes, moment: Moment) => unknown) => {
    if (typeof value === "function") return value as never;
    throw new TypeError(
      `${what}: expected a function that gets the bytes, got ${describe(value)}; modelCheckpoint(path) of "wasm-lstm/node" writes files`,
    );
  }),
  ...CHECKPOINT,
});

export interface CheckpointOptions extends Input<typeof CHECKPOINT> {}
export interface ModelCheckpointOptions extends Input<typeof OPTIONS> {}

/**
 * Saves the model as it trains: weights, optimizer, and where the run is, so that training goes on from the file to the bits of a run
 * that never stopped. Files on disk are written by `modelCheckpoint(path)` of `wasm-lstm/node`.
 *
 * @param options see {@link ModelCheckpointOptions}
 * @throws what `store` throws, out of `fit`: the model is then as the epoch left it
 * @example callbacks.modelCheckpoint({ store: bytes => bucket.put("net", bytes), resume: true })
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const settings = checked(options, "modelCheckpoint", OPTIONS);
  const { store, monitor, saveBestOnly, mode, saveFreq, initialValueThreshold, saveWeightsOnly, resume } = settings;
  const sign = signOf(mode, monitor);
  const stateOf = perRun(() => ({
    best: sign * (initialValueThreshold ?? sign * Number.POSITIVE_INFINITY),
    batches: 0,
  }));

  const save = async (run: TrainingRun, epoch: number, logs: Logs): Promise<void> => {
    const state = stateOf(run);
    if (saveBestOnly) {
      const value = logs[monitor];
      if (value === undefined || !(sign * value < state.best)) return;
      state.best = sign * value;
    }
    const whole = !saveWeightsOnly;
    await store(run.save({ optimizer: whole, run: whole && run.state ? packed(run.state) : undefined }), {
      epoch,
      logs,
    });
  };

  const callback: Callback = {
    onTrainBegin(run) {
      if (saveBestOnly) expectMonitor(monitor, run, "modelCheckpoint");
      if (resume && run.saved) run.resume?.(expectRun(run.saved));
    },
    ...(saveFreq === "epoch"
      ? { onEpochEnd: (epoch, logs, run) => save(run, epoch, logs) }
      : {
          onBatchEnd: (_batch, logs, run) =>
            ++stateOf(run).batches % saveFreq === 0 ? save(run, run.epoch, logs) : undefined,
        }),
    saveState: stateOf,
    loadState(state, run) {
      Object.assign(stateOf(run), state);
    },
  };
  return withOrigin(callback, "modelCheckpoint", undefined);
}
