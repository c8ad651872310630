/** Lines of units, widths or remarks between the names of columns and the rows. */
import { describe } from "../describe.ts";
import type { Cells } from "./cells.ts";
import { lines } from "./lines.ts";
import { lookOf } from "./looks.ts";
import type { Marks } from "./marks.ts";
import type { Report } from "./report.ts";

/** Lines of units that a table may have */
export const UNITS = 12;

export const isWords = (cells: Cells, row: number, marks: Marks): boolean =>
  cells.row(row).every(cell => lookOf(cell, marks) === "text");

export const sayUnits = (cells: Cells, report: Report, count: number, row: number): void =>
  report.note(`${lines(count)} under the header passed over, without a number: ${describe(cells.row(row).join(" "))}`);

/** Rows under the header without a number or date in its place, where all that follow have some: units. */
export function passUnits(
  cells: Cells,
  report: Report,
  below: readonly number[],
  looks: readonly (readonly string[])[],
  usual: readonly string[],
): number | undefined {
  let count = 0;
  const isUnits = (at: number) =>
    looks[at].every((look, column) => look === "missing" || look === "text" || look !== usual[column]) &&
    looks[at].some((look, column) => look === "text" && usual[column] !== "text");
  // Widths of columns, as in tables of the USGS: 5s 15s 20d.
  const isWidths = (at: number) => cells.row(below[at]).every(cell => /^\d+[sdn]$/.test(cell));
  while (count < UNITS && below.length - count > 2 && (isUnits(count) || isWidths(count))) count++;
  if (count === 0) return undefined;
  sayUnits(cells, report, count, below[0]);
  return below[count - 1] + 1;
}
