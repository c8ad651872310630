/** What was guessed when a table was read, and which columns are of no use. */
import type { Table } from "../table/index.ts";
import { ANOTHER_TIME } from "../table/kinds.ts";
import { count, plain } from "./format.ts";

/** Columns that are told one by one */
const SHOWN = 20;

/** A line for each guess. */
export const noteLines = ({ notes }: Pick<Table, "notes">): string => notes.map(note => `  ${plain(note)}`).join("\n");

/** A line for each column that is not learned from, with the reason. */
export function unusedLines(table: Pick<Table, "columns">, used: readonly string[]): string[] {
  const unused = table.columns.filter(({ name, kind, unused: why }) => !used.includes(name) && kind !== "time" && why);
  const shown = unused
    .slice(0, SHOWN)
    .map(({ name, unused: why }) => `  not used: ${plain(name)}, ${plain(why ?? "")}`);
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
