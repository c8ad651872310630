/** What a single cell looks like, before its column is known. */
import { DateCell, LONGEST_DATE } from "./dateCell.ts";
import type { Marks } from "./marks.ts";
import { parsePlain, takeApart } from "./numbers.ts";

export type Look = "missing" | "number" | "date" | "text";

const date = new DateCell();

const isDate = (cell: string): boolean =>
  cell.length < LONGEST_DATE &&
  /\d/.test(cell) &&
  ["mdy", "dmy"].some(order => date.read(cell, 0, cell.length, order as "mdy"));

export function lookOf(cell: string, marks: Marks): Look {
  if (marks.has(cell)) return "missing";
  if (!Number.isNaN(parsePlain(cell, 0, cell.length))) return "number";
  if (isDate(cell)) return "date";
  return takeApart(cell) ? "number" : "text";
}
