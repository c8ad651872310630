import { type NDArray, ndarray } from "../ndarray.ts";
import { boolean, checked, type Input, integer, number, optional, options } from "../options.ts";
import type { Callback } from "./callback.ts";
import { expectMonitor, modeOption, monitored, signOf } from "./monitor.ts";
import { withOrigin } from "./origin.ts";
import { perRun } from "./perRun.ts";

const OPTIONS = options({
  /** The log to watch; default "valLoss" */
  monitor: optional(monitored, "valLoss"),
  /** Stop after so many epochs in a row without improvement, as Keras does: 0 and 1 both stop at the first; default 0 */
  patience: optional(integer(0), 0),
  /** A change must be larger than this to count; default 0 */
  minDelta: optional(number(0), 0),
  /** "min": lower is better; "max": higher; "auto": max for accuracies; default "auto" */
  mode: optional(modeOption, "auto"),
  /** Go back to the weights of the best epoch at the end; default false */
  restoreBestWeights: optional(boolean, false),
});

export interface EarlyStoppingOptions extends Input<typeof OPTIONS> {}

/**
 * Stops when a log no longer improves.
 *
 * @param options see {@link EarlyStoppingOptions}
 * @example callbacks.earlyStopping({ patience: 5, restoreBestWeights: true })
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  const settings = checked(options, "earlyStopping", OPTIONS);
  const { monitor, patience, minDelta, mode, restoreBestWeights } = settings;
  const sign = signOf(mode, monitor);
  const stateOf = perRun<{ best: number; since: number; weights?: NDArray[] }>(() => ({ best: Infinity, since: 0 }));
  const callback: Callback = {
    onTrainBegin(run) {
      expectMonitor(monitor, run, "earlyStopping");
    },
    onEpochEnd(_epoch, logs, run) {
      const state = stateOf(run);
      const value = logs[monitor];
      if (value === undefined) return; // no validation after this epoch
      if (sign * value < state.best - minDelta) {
        state.best = sign * value;
        state.since = 0;
        if (restoreBestWeights) state.weights = run.getWeights();
      } else if (++state.since >= patience) {
        run.stop(`${monitor} has not improved for ${state.since} ${state.since === 1 ? "epoch" : "epochs"}`);
      }
    },
    onTrainEnd(run) {
      const { weights } = stateOf(run);
      if (weights) run.setWeights(weights);
    },
    saveState(run) {
      const { weights, ...state } = stateOf(run);
      return { ...state, ...(weights && { weights: weights.map(({ data }) => data) }) };
    },
    loadState(saved, run) {
      const { weights, ...state } = (saved ?? {}) as { weights?: Float32Array[] };
      const shapes = run.getWeights();
      Object.assign(
        stateOf(run),
        state,
        weights && { weights: weights.map((data, i) => ndarray(data, shapes[i]?.shape)) },
      );
    },
  };
  return withOrigin(callback, "earlyStopping", options);
}
