import { appendFile, readFile, writeFile } from "node:fs/promises";
import type { Callback, Logs } from "../callbacks/callback.ts";
import { withOrigin } from "../callbacks/origin.ts";
import { describe } from "../describe.ts";
import { boolean, checked, type Input, option, optional, options } from "../options.ts";
import { replaceFile } from "../replaceFile.ts";
import { expectFolder } from "./expectFolder.ts";

const OPTIONS = options({
  /** Between the cells of a row; default "," */
  separator: optional(
    option((value, what): string => {
      if (typeof value === "string" && value !== "") return value;
      throw new TypeError(`${what}: expected text, got ${describe(value)}`);
    }),
    ",",
  ),
  /** Goes on in a file that is there, in place of a new one; a run that is resumed does so anyway. Default false */
  append: optional(boolean, false),
});

export interface CsvLoggerOptions extends Input<typeof OPTIONS> {}

/**
 * Writes a row of logs to a file after every epoch: its number, from 0, and the logs in the order of their names, as Keras does. Where a
 * run is resumed from a checkpoint, rows of epochs that are trained once more are replaced.
 *
 * @param path of the file
 * @param options see {@link CsvLoggerOptions}
 * @throws `fit` throws RangeError for a folder that is not there, before it begins, and the file system's error
 * @example csvLogger("log.csv", { append: true })
 */
export function csvLogger(path: string, options: CsvLoggerOptions = {}): Callback {
  if (typeof path !== "string") throw new TypeError(`csvLogger: expected the path of a file, got ${describe(path)}`);
  const { separator, append } = checked(options, "csvLogger", OPTIONS);
  let names: string[] | undefined;
  let resumed = false;

  const begin = async (epoch: number, logs: Logs): Promise<void> => {
    names = Object.keys(logs).sort();
    const header = ["epoch", ...names].join(separator);
    const old = append || resumed ? await readFile(path, "utf8").catch(() => "") : "";
    if (old === "") return writeFile(path, `${header}\n`);
    const [first, ...rows] = old.split("\n").filter(line => line !== "");
    names = first.split(separator).slice(1);
    if (!resumed) return old.endsWith("\n") ? undefined : appendFile(path, "\n");
    const kept = rows.filter(row => Number(row.split(separator)[0]) < epoch);
    await replaceFile(path, Buffer.from([first, ...kept, ""].join("\n")));
  };

  const callback: Callback = {
    async onTrainBegin(_run) {
      await expectFolder(path, "csvLogger");
      names = undefined;
      resumed = false;
    },
    async onEpochEnd(epoch, logs, run) {
      // Logs of validation are there in some epochs alone.
      if (!names) await begin(epoch, Object.fromEntries(run.logNames.map(name => [name, 0])));
      const cells = (names ?? []).map(name => logs[name] ?? "NA");
      await appendFile(path, `${[epoch, ...cells].join(separator)}\n`);
    },
    saveState: () => ({}),
    loadState(state) {
      resumed = state !== undefined;
    },
  };
  return withOrigin(callback, "csvLogger", undefined);
}
