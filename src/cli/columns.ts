/** Column names given on the command line. */
import { closest } from "../closest.ts";
import { describe } from "../ndarray.ts";
import type { Column, Table } from "../table/index.ts";
import { listed, oneColumn } from "../table/table.ts";
import { sayTimesInNames } from "../table/wide.ts";
import { CliError } from "./error.ts";

/** The columns of numbers that say something. */
export const numeric = (columns: readonly Column[]): string[] =>
  columns
    .filter(({ kind, values, unused }) => kind === "number" && values && unused === undefined)
    .map(({ name }) => name);

/** Those that can be learned from: of few words too. */
const usable = (columns: readonly Column[]): string[] =>
  columns.filter(({ values, words, unused }) => (values || words) && unused === undefined).map(({ name }) => name);

/**
 * The columns to forecast and the columns to learn from, checked against a table.
 *
 * @param names.target names separated by commas, or all: each column of numbers
 * @param names.features the same; all columns that say something when left out
 * @param names.known the same: those whose values are known ahead; none when left out
 * @throws CliError when a name is missing, unknown or given twice
 * @example chooseColumns("data.csv", table, { target: "temp_max" }).targets // ["temp_max"]
 */
export function chooseColumns(
  path: string,
  table: Pick<Table, "columns">,
  names: { target?: string; features?: string; known?: string },
): { targets: string[]; features: string[]; known: string[] } {
  const all = table.columns.map(({ name }) => name);
  const one = oneColumn(table, "--delimiter :");
  if (one !== "" && names.target !== undefined && !all.includes(names.target))
    throw new CliError(`--target: ${path} has no column ${describe(names.target)}${one}`);
  const everything = names.target === "all" && !all.includes("all") ? numeric(table.columns) : [];
  const targets = everything.length > 0 ? everything : parseList(path, all, names.target ?? "", "--target");
  const features =
    names.features === undefined ? usable(table.columns) : parseList(path, all, names.features, "--features");
  const known = names.known === undefined ? [] : parseList(path, all, names.known, "--known");
  return {
    targets: targets.filter(name => everything.length === 0 || !known.includes(name)),
    features: features.length > 0 ? features : targets,
    known,
  };
}

function parseList(path: string, columns: readonly string[], list: string, flag: string): string[] {
  // A name with a comma in it can be given alone.
  const names = columns.includes(list) ? [list] : list.split(",").map(name => name.trim());
  names.forEach((name, i) => {
    if (name === "") {
      throw new CliError(`${flag}: expected column names separated by commas; columns of ${path}: ${listed(columns)}`);
    }
    if (!columns.includes(name)) throw noSuchColumn(path, columns, name, flag);
    if (names.indexOf(name) !== i) throw new CliError(`${flag}: column ${describe(name)} is given twice`);
  });
  return names;
}

function noSuchColumn(path: string, columns: readonly string[], name: string, flag: string): CliError {
  const meant = closest(name, columns);
  const hint = meant === undefined ? "" : ` did you mean ${describe(meant)}?`;
  const wide = sayTimesInNames(columns);
  return new CliError(
    `${flag}: ${path} has no column ${describe(name)};${hint} columns of ${path}: ${listed(columns)}${wide ? `; ${wide}` : ""}`,
  );
}
