/** A table in a file, gzipped or not, or on standard input. */
import { readFileSync, statSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { Table, TableOptions } from "../table/index.ts";
import { read } from "../table/read.ts";
import { CliError } from "./error.ts";
import { plain, shellWord } from "./format.ts";
import type { Io } from "./io.ts";
import { drawBar } from "./progress.ts";
import { asFlag } from "./tableOptions.ts";

/** What a text may have at most, and a file */
const MOST_BYTES = 2 ** 29 - 32;

/** Of a file with more there is a bar. */
const LARGE = 8e6;

/**
 * Reads a table.
 *
 * @param path the file; "-" is standard input
 * @param io where a bar is drawn while a large file is read, if it is a terminal; none: nowhere
 * @throws CliError for a file that cannot be read; RangeError for one that is no table
 */
export function openTable(path: string, options: TableOptions, io?: Io): Table {
  const bytes = unzipped(path, readBytes(path));
  const bar = io && bytes.length > LARGE ? drawBar(io) : undefined;
  const showOption = (name: string, value: string) => {
    const [flag, word] = asFlag(name, value);
    return `--${flag}${word === undefined ? "" : ` ${shellWord(word)}`}`;
  };
  const reading = `reading ${plain(path)}`;
  bar?.draw(reading, 0);
  const table = read(bytes, { ...options, name: path }, showOption, done => bar?.draw(reading, done));
  bar?.clear();
  return table;
}

function unzipped(path: string, bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(path);
    throw new CliError(`${path}: a gzipped file that is damaged or cut off`);
  }
}

function readBytes(path: string): Uint8Array {
  try {
    if (path === "-") return readFileSync(0);
    const stat = statSync(path);
    if (stat.isDirectory()) throw new CliError(`${path}: expected a table, this is a folder`);
    if (stat.isCharacterDevice() || stat.isBlockDevice())
      throw new CliError(`${path}: expected a file, this is a device`);
    if (stat.size > MOST_BYTES) throw tooLarge(path);
    return readFileSync(path);
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError(`${path}: no such file`);
    if (code === "EACCES") throw new CliError(`${path}: no permission to read the file`);
    throw new CliError(`${path}: cannot read the file (${code})`);
  }
}

const tooLarge = (path: string): CliError =>
  new CliError(`${path}: more than the limit of ${Math.floor(MOST_BYTES / 1e6)} MB; remove columns or rows`);
