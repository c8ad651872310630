import { appendFile, mkdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Callback, Logs } from "../callbacks/callback.ts";
import { withOrigin } from "../callbacks/origin.ts";
import { describe } from "../describe.ts";
import { expectInteger } from "../expect.ts";
import { checked, type Input, option, optional, options } from "../options.ts";
import { scalarsEvent, versionEvent } from "./eventFile.ts";

const OPTIONS = options({
  /** The folder of the run, made if it is not there; default "logs" */
  logDir: optional(
    option((value, what): string => {
      if (typeof value === "string") return value;
      throw new TypeError(`${what}: expected the path of a folder, got ${describe(value)}`);
    }),
    "logs",
  ),
  /** "epoch"; or also after every batch, "batch", or after every so many; default "epoch" */
  updateFreq: optional(
    option((value, what): "epoch" | number =>
      value === "epoch" ? value : value === "batch" ? 1 : expectInteger(value, what),
    ),
    "epoch",
  ),
});

export interface TensorBoardOptions {
  /** The folder of the run, made if it is not there; default "logs" */
  logDir?: string;
  /** "epoch"; or also after every batch, "batch", or after every so many; default "epoch" */
  updateFreq?: "epoch" | "batch" | number;
}

let files = 0;

/** valLoss -> loss */
const trainedName = (name: string): string => name[3].toLowerCase() + name.slice(4);

/**
 * Writes event files that TensorBoard reads: `epoch_loss`, metrics and `epoch_learning_rate` in `train/`, those of validation under
 * the same tags in `validation/`; after batches `batch_loss` and so on, the means of the epoch so far.
 *
 * @param options see {@link TensorBoardOptions}
 * @throws `fit` throws the file system's error
 * @example tensorBoard({ logDir: "logs/run1" }) // tensorboard --logdir logs
 */
export function tensorBoard(options: TensorBoardOptions = {}): Callback {
  const { logDir, updateFreq } = checked(options as Input<typeof OPTIONS>, "tensorBoard", OPTIONS);
  const paths = new Map<string, string>();
  let batches = 0;

  const write = async (part: string, step: number, scalars: Logs): Promise<void> => {
    const seconds = Date.now() / 1000;
    let path = paths.get(part);
    if (!path) {
      const folder = join(logDir, part);
      await mkdir(folder, { recursive: true });
      path = join(folder, `events.out.tfevents.${Math.floor(seconds)}.${hostname()}.${process.pid}.${files++}.v2`);
      paths.set(part, path);
      await appendFile(path, versionEvent(seconds));
    }
    await appendFile(path, scalarsEvent(seconds, step, scalars));
  };

  const callback: Callback = {
    onTrainBegin() {
      paths.clear();
      batches = 0;
    },
    async onEpochEnd(epoch, logs, run) {
      const names = Object.keys(logs);
      const validated = names.filter(name => /^val[A-Z]/.test(name) && names.includes(trainedName(name)));
      const trained = names.filter(name => !validated.includes(name));
      const tags = (names: readonly string[], tag: (name: string) => string): Logs =>
        Object.fromEntries(names.map(name => [`epoch_${tag(name)}`, logs[name]]));
      await write("train", epoch, {
        ...tags(trained, name => name),
        epoch_learning_rate: run.optimizer.learningRate,
      });
      if (validated.length > 0) {
        await write("validation", epoch, tags(validated, trainedName));
      }
    },
    saveState: () => ({ batches }),
    loadState(state) {
      batches = (state as { batches?: number } | undefined)?.batches ?? 0;
    },
  };
  if (updateFreq !== "epoch") {
    callback.onBatchEnd = (_batch, logs) => {
      if (batches++ % updateFreq > 0) return undefined;
      return write(
        "train",
        batches - 1,
        Object.fromEntries(Object.entries(logs).map(([name, value]) => [`batch_${name}`, value])),
      );
    };
  }
  return withOrigin(callback, "tensorBoard", undefined);
}
