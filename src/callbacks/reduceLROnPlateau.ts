import { checked, type Input, integer, number, optional, options } from "../options.ts";
import type { Callback } from "./callback.ts";
import { expectMonitor, modeOption, monitored, signOf } from "./monitor.ts";
import { withOrigin } from "./origin.ts";
import { perRun } from "./perRun.ts";
import { expectFreeRate } from "./rate.ts";

const OPTIONS = options({
  /** The log to watch; default "valLoss" */
  monitor: optional(monitored, "valLoss"),
  /** What the rate is multiplied with, in (0, 1); default 0.1 */
  factor: optional(number(0, 1), 0.1),
  /** After so many epochs in a row without improvement; default 10 */
  patience: optional(integer(0), 10),
  /** "min": lower is better; "max": higher; "auto": max for accuracies; default "auto" */
  mode: optional(modeOption, "auto"),
  /** A change must be larger than this to count; default 1e-4 */
  minDelta: optional(number(0), 1e-4),
  /** Epochs after a reduction that do not count; default 0 */
  cooldown: optional(integer(0), 0),
  /** The rate does not go below; default 0 */
  minLr: optional(number(0), 0),
});

export interface ReduceLROnPlateauOptions extends Input<typeof OPTIONS> {}

/**
 * Lowers the learning rate when a log no longer improves. Other than Keras' it refuses a factor of 1.
 *
 * @param options see {@link ReduceLROnPlateauOptions}
 * @throws `fit` throws an Error where the optimizer has a schedule
 * @example callbacks.reduceLROnPlateau({ factor: 0.5, patience: 3 })
 */
export function reduceLROnPlateau(options: ReduceLROnPlateauOptions = {}): Callback {
  const settings = checked(options, "reduceLROnPlateau", OPTIONS);
  const { monitor, factor, patience, mode, minDelta, cooldown, minLr } = settings;
  if (factor >= 1) throw new RangeError("reduceLROnPlateau factor: expected a number below 1, got 1");
  const sign = signOf(mode, monitor);
  const stateOf = perRun(() => ({ best: Number.POSITIVE_INFINITY, wait: 0, cooling: 0 }));
  const callback: Callback = {
    onTrainBegin(run) {
      expectMonitor(monitor, run, "reduceLROnPlateau");
      expectFreeRate(run, "reduceLROnPlateau");
    },
    onEpochEnd(_epoch, logs, run) {
      const value = logs[monitor];
      if (value === undefined) return; // no validation after this epoch
      const state = stateOf(run);
      if (state.cooling > 0) {
        state.cooling--;
        state.wait = 0;
      }
      if (sign * value < state.best - minDelta) {
        state.best = sign * value;
        state.wait = 0;
      } else if (state.cooling === 0 && ++state.wait >= patience) {
        const { learningRate } = run.optimizer;
        if (learningRate <= minLr) return;
        run.optimizer.learningRate = Math.max(learningRate * factor, minLr);
        state.cooling = cooldown;
        state.wait = 0;
      }
    },
    saveState: stateOf,
    loadState(state, run) {
      Object.assign(stateOf(run), state);
    },
  };
  return withOrigin(callback, "reduceLROnPlateau", options);
}
