/** Model files named on the command line. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { type Classifier, classifierOf, type Forecaster, forecasterOf } from "../forecast/index.ts";
import type { Model } from "../index.ts";
import { loadModelFile } from "../node.ts";
import { targetOf } from "../replaceFile.ts";
import { CliError } from "./error.ts";

const TABLES = "wasm-lstm train learns from a table, predict and evaluate take the model first, then the table";

/** @throws CliError for a file that cannot be read, or holds no model */
export function openModel(path: string): Promise<Model> {
  return opened(path, () => loadModelFile(path));
}

/**
 * What opening a file gives.
 *
 * @throws CliError where it cannot be read
 */
export async function opened<T>(path: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError(`${path}: no such file; make a model with wasm-lstm train`);
    if (code === "EISDIR") throw new CliError(`${path}: expected a model file, this is a folder`);
    if (code === "EACCES") throw new CliError(`${path}: no permission to read the file`);
    if (code !== undefined) throw new CliError(`${path}: cannot read the file (${code})`);
    // Of a table, what to pass to a function is of no use.
    throw new CliError(message.replace(/(this is a text); .*$/, `$1, no model; ${TABLES}`), { cause: error });
  }
}

/** @throws CliError for a file that cannot be read, or holds neither a forecaster nor a classifier */
export async function openForecaster(path: string): Promise<Forecaster | Classifier> {
  const net = await openModel(path);
  return "classifier" in net.metadata ? classifierOf(net, path) : forecasterOf(net, path);
}

/**
 * Finds out before the training whether its result can be saved.
 *
 * @param flag the option that says where it goes
 * @param path where it is to go
 * @param data the table it learns from, which it must not replace
 */
export async function expectWritable(flag: "out" | "report", path: string, data: string): Promise<void> {
  const folder = dirname(path);
  const folderStat = statSync(folder, { throwIfNoEntry: false });
  if (!folderStat) throw new CliError(`--${flag}: folder ${folder} does not exist; create it or choose another`);
  if (!folderStat.isDirectory()) throw new CliError(`--${flag}: ${folder} is not a folder`);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new CliError(`--${flag}: ${path} is not a regular file; add a file name`);
  const source = statSync(data, { throwIfNoEntry: false });
  if (stat && source && stat.ino === source.ino && stat.dev === source.dev) {
    throw new CliError(`--${flag}: ${path} is the data itself; choose another name`);
  }
  const place = await placeOf(flag, path);
  try {
    accessSync(place, constants.W_OK);
  } catch {
    throw new CliError(`--${flag}: no permission to write to folder ${place}`);
  }
}

/** The folder that a new file goes to: through a symbolic link, that of the file it means. */
async function placeOf(flag: string, path: string): Promise<string> {
  try {
    const target = await targetOf(path);
    return target === resolve(path) ? dirname(path) : dirname(target);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError(`--${flag}: ${path} is a link into a folder that does not exist`);
    throw new CliError(
      code === undefined ? `--${flag}: ${message}` : `--${flag}: cannot follow the links of ${path} (${code})`,
    );
  }
}
