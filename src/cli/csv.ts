/** Reads a table from a CSV file; whatever is wrong with the file is one clear line. */
import { isUtf8 } from "node:buffer";
import { readFileSync, statSync } from "node:fs";
import { closest } from "../closest.ts";
import { describe } from "../ndarray.ts";
import { parseRecords } from "./csvRecords.ts";
import { CliError } from "./error.ts";

/** The parsed cells stay in memory and take about ten times the bytes of the file. */
const MAX_MEGABYTES = 64;

export interface Table {
  /** The path as it was given, for messages. */
  path: string;
  /** Names from the header; a nameless one is called "column 1" by its place. */
  columns: string[];
  /** Rows under the header. */
  rows: number;
  /** A column of numbers; an empty cell or text is a CliError that names the line. */
  numeric(name: string): Float64Array;
  /** The cells of a column as they stand. */
  text(name: string): string[];
  /** Whether the first filled cell of a column is a number. */
  looksNumeric(name: string): boolean;
}

/**
 * Reads a table: a header row with column names, then one row a line; separated by commas, semicolons or tabs; UTF-8.
 *
 * @param path the file
 * @throws CliError for a file that cannot be read, or that is not such a table
 * @example readTable("weather.csv").numeric("temp_max") // Float64Array of its rows
 */
export function readTable(path: string): Table {
  const { records, lines } = parseRecords(path, readBytes(path));
  if (records.length === 0) throw new CliError(`${path}: the file is empty; expected a header row and rows of data`);
  const columns = headerNames(path, records[0]);
  if (records.length === 1) throw new CliError(`${path}: the file has a header but no rows of data`);
  const rows = records.length - 1;

  const text = (name: string): string[] => {
    const column = columns.indexOf(name);
    if (column < 0) throw noSuchColumn(path, columns, name);
    return Array.from({ length: rows }, (_, row) => records[row + 1][column]);
  };
  const numeric = (name: string): Float64Array =>
    Float64Array.from(text(name), (cell, row) => {
      const value = toNumber(cell);
      if (!Number.isNaN(value)) return value;
      const where = `${path}, line ${lines[row + 1]}, column ${describe(name)}`;
      if (cell.trim() === "") throw new CliError(`${where}: the cell is empty; fill in a number or remove the line`);
      throw new CliError(`${where}: expected a number, got ${describe(cell)}`);
    });
  const looksNumeric = (name: string): boolean => {
    const filled = text(name).find(cell => cell.trim() !== "");
    return filled !== undefined && !Number.isNaN(toNumber(filled));
  };
  return { path, columns, rows, numeric, text, looksNumeric };
}

function readBytes(path: string): Buffer {
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw new CliError(`${path}: expected a CSV file, this is a directory`);
    if (!stat.isFile()) throw new CliError(`${path}: expected a regular file`);
    if (stat.size > MAX_MEGABYTES * 1e6) {
      const size = `${Math.ceil(stat.size / 1e6)} MB`;
      throw new CliError(`${path}: ${size} is more than the limit of ${MAX_MEGABYTES} MB; remove columns or rows`);
    }
    const bytes = readFileSync(path);
    if (bytes.includes(0) || !isUtf8(bytes)) {
      throw new CliError(`${path}: not a text file in UTF-8; export the table as CSV in UTF-8`);
    }
    return bytes;
  } catch (error) {
    if (error instanceof CliError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new CliError(`${path}: no such file`);
    if (code === "EACCES") throw new CliError(`${path}: no permission to read the file`);
    throw new CliError(`${path}: cannot read the file (${code})`);
  }
}

function headerNames(path: string, header: string[]): string[] {
  const isDate = (cell: string) => /^\d{4}-\d\d?-\d\d?/.test(cell);
  const isFraction = (cell: string) => !Number.isNaN(toNumber(cell)) && !/^\d+$/.test(cell);
  const cells = header.map(cell => cell.trim());
  if (cells.every(cell => isDate(cell) || !Number.isNaN(toNumber(cell))) || cells.some(isFraction)) {
    throw new CliError(
      `${path}: expected column names in the first line, got data (${cells.slice(0, 3).map(describe).join(", ")}); ` +
        "add a header row",
    );
  }
  const names = cells.map((cell, i) => cell || `column ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new CliError(`${path}: two columns are named ${describe(twice)}; rename one of them`);
  return names;
}

/** The number a cell holds in decimal notation, or NaN. */
function toNumber(cell: string): number {
  const value = /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(cell) ? Number(cell) : NaN;
  return Number.isFinite(value) ? value : NaN;
}

const MAX_LISTED = 20;

/** The error for a name that is not in the header, with the one that was probably meant. */
export function noSuchColumn(path: string, columns: readonly string[], name: string): CliError {
  const meant = closest(name, columns);
  const hint = meant === undefined ? "" : ` did you mean ${describe(meant)}?`;
  return new CliError(`${path} has no column ${describe(name)};${hint} ${listed(path, columns)}`);
}

/** The columns of a table, for an error. */
export function listed(path: string, columns: readonly string[]): string {
  const more = columns.length > MAX_LISTED ? `, and ${columns.length - MAX_LISTED} more` : "";
  return `columns of ${path}: ${columns.slice(0, MAX_LISTED).map(describe).join(", ")}${more}`;
}
