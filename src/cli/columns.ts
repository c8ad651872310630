/** Column names given on the command line. */
import { describe } from "../ndarray.ts";
import { listed, noSuchColumn, type Table } from "./csv.ts";
import { CliError } from "./error.ts";

/**
 * The columns to forecast and the columns to learn from, checked against a table.
 *
 * @param names.target names separated by commas
 * @param names.features the same; all columns of numbers when left out
 * @throws CliError when a name is missing, unknown or given twice
 * @example chooseColumns(table, { target: "temp_max" }).targets // ["temp_max"]
 */
export function chooseColumns(
  table: Table,
  names: { target?: string; features?: string },
): { targets: string[]; features: string[] } {
  const targets = parseList(table, names.target ?? "", "--target");
  const features =
    names.features === undefined
      ? table.columns.filter(name => table.looksNumeric(name))
      : parseList(table, names.features, "--features");
  if (features.length === 0) throw new CliError(`${table.path}: no column of numbers to learn from`);
  return { targets, features };
}

function parseList({ path, columns }: Table, list: string, flag: string): string[] {
  // A name with a comma in it can be given alone.
  const names = columns.includes(list) ? [list] : list.split(",").map(name => name.trim());
  names.forEach((name, i) => {
    if (name === "") throw new CliError(`${flag}: expected column names separated by commas; ${listed(path, columns)}`);
    if (!columns.includes(name)) throw new CliError(`${flag}: ${noSuchColumn(path, columns, name).message}`);
    if (names.indexOf(name) !== i) throw new CliError(`${flag}: column ${describe(name)} is given twice`);
  });
  return names;
}
