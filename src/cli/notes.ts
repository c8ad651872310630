/** What was guessed when a table was read, and which columns are of no use. */
import type { Column, Table } from "../table/index.ts";
import { ANOTHER_TIME } from "../table/kinds.ts";
import { count, listNames, plain } from "./format.ts";

/** Columns that are told one by one */
const SHOWN = 20;

/** A line for each guess. */
export const noteLines = ({ notes }: Pick<Table, "notes">): string => notes.map(note => `  ${plain(note)}`).join("\n");

/** The same above what follows, with a blank line between. */
export const noteBlock = (table: Pick<Table, "notes">): string =>
  table.notes.length > 0 ? `${noteLines(table)}\n` : "";

/**
 * A line for each column that is not learned from, with the reason.
 *
 * @param silent columns of words that tell too little
 */
export function unusedLines(
  table: Pick<Table, "columns">,
  used: readonly string[],
  silent: readonly string[] = [],
): string[] {
  const reasonOf = ({ name, words = [], unused: why }: Column) =>
    silent.includes(name)
      ? `its ${words.length} words (${listNames(words)}) tell too little of what follows; name it in --features to use it`
      : why;
  const unused = table.columns.filter(each => !used.includes(each.name) && each.kind !== "time" && reasonOf(each));
  const shown = unused
    .slice(0, SHOWN)
    .map(column => `  not used: ${plain(column.name)}, ${plain(reasonOf(column) ?? "")}`);
  const others = table.columns.filter(({ kind, unused: why }) => kind === "time" && why === ANOTHER_TIME);
  const times = others.map(({ name, unused: why }) => `  not used: ${plain(name)}, ${why}`);
  const more = unused.length - SHOWN;
  return [...shown, ...(more > 0 ? [`  not used: ${count(more, "more column")}`] : []), ...times];
}

/** From when to when rows are, and how far apart: of several series those of the longest. */
export function spanOf({ time, series, rows }: Table): string {
  if (!series) return time ? `, ${time.show(0)} to ${time.show(rows - 1)}, ${time.rhythm.name}` : "";
  const { name, table } = series.parts.reduce((best, each) => (each.table.rows > best.table.rows ? each : best));
  return `, ${series.parts.length} series, the longest ${plain(name)}: ${count(table.rows, "row")}${spanOf(table)}`;
}
