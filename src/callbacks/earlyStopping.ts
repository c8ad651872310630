import { expectBoolean, expectInteger, expectNumber, expectOneOf, expectOptions } from "../expect.ts";
import type { NDArray } from "../ndarray.ts";
import type { Callback } from "./callback.ts";

export interface EarlyStoppingOptions {
  /** The log to watch; default "valLoss" */
  monitor?: string;
  /** Stop after so many epochs in a row without improvement, as Keras does: 0 and 1 both stop at the first; default 0 */
  patience?: number;
  /** A change must be larger than this to count; default 0 */
  minDelta?: number;
  /** "min": lower is better; "max": higher; "auto": max for accuracies; default "auto" */
  mode?: "auto" | "min" | "max";
  /** Go back to the weights of the best epoch at the end; default false */
  restoreBestWeights?: boolean;
}

/**
 * Stops when a log no longer improves.
 *
 * @param options see {@link EarlyStoppingOptions}
 * @example callbacks.earlyStopping({ patience: 5, restoreBestWeights: true })
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callback {
  expectOptions(options, ["monitor", "patience", "minDelta", "mode", "restoreBestWeights"], "earlyStopping");
  const { monitor = "valLoss" } = options;
  const patience = expectInteger(options.patience ?? 0, "earlyStopping patience", 0);
  const minDelta = expectNumber(options.minDelta ?? 0, "earlyStopping minDelta", 0);
  const mode = expectOneOf(options.mode ?? "auto", ["auto", "min", "max"], "earlyStopping mode");
  const restore = expectBoolean(options.restoreBestWeights ?? false, "earlyStopping restoreBestWeights");
  const sign = mode === "max" || (mode === "auto" && /accuracy$/i.test(monitor)) ? -1 : 1;
  let best = Infinity;
  let since = 0;
  let weights: NDArray[] | undefined;
  return {
    onTrainBegin() {
      best = Infinity;
      since = 0;
      weights = undefined;
    },
    onEpochEnd(_epoch, logs, run) {
      const value = logs[monitor];
      if (value === undefined) {
        const hint = monitor.startsWith("val") ? "; pass validationSplit or validationData to fit" : "";
        throw new RangeError(
          `earlyStopping monitor: expected one of ${Object.keys(logs).join(", ")}, got "${monitor}"${hint}`,
        );
      }
      if (sign * value < best - minDelta) {
        best = sign * value;
        since = 0;
        if (restore) weights = run.getWeights();
      } else if (++since >= patience) {
        run.stop(`${monitor} has not improved for ${since} ${since === 1 ? "epoch" : "epochs"}`);
      }
    },
    onTrainEnd(run) {
      if (weights) run.setWeights(weights);
    },
  };
}
