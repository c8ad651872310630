/** Several series in a table, told apart by the words of a column, or of several. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import type { Column } from "./column.ts";
import { isConstant, isCounter } from "./kinds.ts";
import type { Report } from "./report.ts";
import type { Several, Table } from "./table.ts";

/** Series of which something is said, one by one */
const SHOWN = 4;

/** What a series is called. */
const nameOf = (words: readonly string[]): string => words.join(", ");

/**
 * The rows of each series.
 *
 * @param ids numbers of the columns that name it
 */
export function rowsOfSeries(body: Body, ids: readonly number[], report: Report): Map<string, number[]> {
  const found = new Map<string, number[]>();
  const nameless: number[] = [];
  for (let row = 0; row < body.length; row++) {
    const words = ids.map(column => body.at(row, column));
    if (words.includes("")) {
      nameless.push(row);
      continue;
    }
    const name = nameOf(words);
    const rows = found.get(name);
    if (rows) rows.push(row);
    else found.set(name, [row]);
  }
  const names = ids.map(column => describe(body.names[column])).join(", ");
  if (found.size === 0) throw report.error("it names no series, all cells are missing", { column: body.names[ids[0]] });
  if (nameless.length > 0) {
    const n = nameless.length;
    report.note(
      `${n === 1 ? "1 row has" : `${n} rows have`} no ${names}, the first in line ${body.line(nameless[0])}: left out`,
    );
  }
  const first = [...found.keys()].slice(0, SHOWN).map(describe).join(", ");
  const more = found.size > SHOWN ? ", …" : "";
  report.note(`it holds ${found.size === 1 ? "1 series" : `${found.size} series`}, by ${names}: ${first}${more}`);
  return found;
}

/** What was said of single series, with their names; of many the first. */
export function noteOfSeries(report: Report, told: readonly { name: string; notes: readonly string[] }[]): void {
  const lines = told.flatMap(({ name, notes }) => notes.map(note => `${describe(name)}: ${note}`));
  for (const line of lines.slice(0, SHOWN)) report.note(line);
  if (lines.length > SHOWN) report.note(`and ${lines.length - SHOWN} more notes of single series`);
}

/** Says why columns are of no use that name the series, or say nothing within any of them. */
export function explainIn(columns: readonly Column[], { columns: ids, parts }: Several): void {
  for (const column of columns) {
    if (ids.includes(column.name)) column.unused = "it names the series";
    if (column.unused || !column.values) continue;
    const within = parts.map(({ table }) => table.column(column.name).values ?? new Float64Array());
    const long = within.filter(values => values.length > 2);
    if (long.length === 0) continue;
    if (long.every(isConstant)) column.unused = "it is constant in each series";
    else if (long.every(isCounter)) column.unused = "it only counts the rows of each series";
  }
}

/** A table that was read as one, as several series. */
export function splitTable(table: Table, columns: readonly string[]): { name: string; table: Table }[] {
  const words = columns.map(name => table.text(name));
  const found = new Map<string, number[]>();
  for (let row = 0; row < table.rows; row++) {
    const name = nameOf(words.map(column => column[row]));
    const rows = found.get(name);
    if (rows) rows.push(row);
    else found.set(name, [row]);
  }
  return [...found].map(([name, rows]) => ({ name, table: table.pick(rows) }));
}
