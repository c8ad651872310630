import { dirname } from "node:path";
import type { Callback, Logs } from "../callbacks/callback.ts";
import { type CheckpointOptions, type Moment, modelCheckpoint as stored } from "../callbacks/modelCheckpoint.ts";
import { describe } from "../describe.ts";
import { replaceFile } from "../replaceFile.ts";
import { expectFolder } from "./expectFolder.ts";

/** "{epoch}", "{epoch:03d}", "{valLoss:.4f}" */
const PLACE = /\{(\w+)(?::(?:(\d+)d|\.(\d+)f))?\}/g;

/** A path of a moment: its epoch counts from 1, as Keras has it. */
function filled(path: string, { epoch, logs }: Moment): string {
  const values: Logs = { ...logs, epoch: epoch + 1 };
  return path.replace(PLACE, (whole, name: string, width?: string, digits?: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new RangeError(
        `modelCheckpoint path: ${describe(whole)}: expected one of ${Object.keys(values).join(", ")}, got ${describe(name)}`,
      );
    }
    if (digits !== undefined) return value.toFixed(Number(digits));
    return String(value).padStart(Number(width ?? 0), "0");
  });
}

/**
 * Saves the model to a file as it trains, which is replaced in one go, see `saveModelFile`: whatever happens meanwhile, the path holds the
 * last checkpoint or this one, whole. Weights, optimizer and where the run is are in it: `resume` goes on to the bits of a run that never
 * stopped.
 *
 * @param path of the file; with `{epoch}` or `{epoch:02d}` (from 1), or a log such as `{valLoss:.4f}`, in it there is a file for
 *   each; or a function of the epoch (from 0) and the logs
 * @param options see {@link CheckpointOptions}
 * @throws `fit` throws RangeError for a folder that is not there, before it begins, and the file system's error, such as that of a full disk; the last checkpoint is whole then, and the model usable
 * @example
 * const net = existsSync(path) ? await loadModelFile(path) : build();
 * await net.fit(x, y, { epochs: 100, callbacks: [modelCheckpoint(path, { resume: true })] });
 */
export function modelCheckpoint(
  path: string | ((epoch: number, logs: Logs) => string),
  options: CheckpointOptions = {},
): Callback {
  if (typeof path !== "string" && typeof path !== "function") {
    throw new TypeError(
      `modelCheckpoint: expected the path of a file, or a function that returns it, got ${describe(path)}`,
    );
  }
  const store = (bytes: Uint8Array, moment: Moment): Promise<void> =>
    replaceFile(typeof path === "string" ? filled(path, moment) : path(moment.epoch, moment.logs), bytes);
  const callback = stored({ ...options, store });
  const { onTrainBegin } = callback;
  // What would fail after the first epoch fails before it.
  callback.onTrainBegin = async run => {
    if (typeof path === "string") {
      const logs = Object.fromEntries(run.logNames.map(name => [name, 0]));
      const first = filled(path, { epoch: run.epoch, logs });
      if (!dirname(path).includes("{")) await expectFolder(first, "modelCheckpoint path");
    }
    return onTrainBegin?.(run);
  };
  return callback;
}
