/** Model files named on the command line. */
import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Model } from "../index.ts";
import { loadModelFile } from "../node.ts";
import { CliError } from "./error.ts";

/** @throws CliError for a file that cannot be read, or holds no model */
export async function openModel(path: string): Promise<Model> {
  try {
    return await loadModelFile(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError(`${path}: no such file; make a model with wasm-lstm train`);
    if (code === "EISDIR") throw new CliError(`${path}: expected a model file, this is a folder`);
    if (code === "EACCES") throw new CliError(`${path}: no permission to read the file`);
    if (code !== undefined) throw new CliError(`${path}: cannot read the file (${code})`);
    throw new CliError(message, { cause: error });
  }
}

/**
 * Finds out before the training whether its result can be saved.
 *
 * @param path where the model is to go
 * @param data the table it learns from, which it must not replace
 */
export function expectWritable(path: string, data: string): void {
  const folder = dirname(path);
  const folderStat = statSync(folder, { throwIfNoEntry: false });
  if (!folderStat) throw new CliError(`--out: folder ${folder} does not exist; create it or choose another`);
  if (!folderStat.isDirectory()) throw new CliError(`--out: ${folder} is not a folder`);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat && !stat.isFile()) throw new CliError(`--out: ${path} is not a regular file; add a file name`);
  const source = statSync(data, { throwIfNoEntry: false });
  if (stat && source && stat.ino === source.ino && stat.dev === source.dev) {
    throw new CliError(`--out: ${path} is the data itself; choose another name`);
  }
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw new CliError(`--out: no permission to write to folder ${folder}`);
  }
}
