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

/** What most cells of each column look like, missing ones left out. */
export function usualLooks(looks: readonly (readonly string[])[], columns: number): string[] {
  // Not the first rows, which may be units.
  const rows = looks.length > 3 ? looks.slice(3) : looks.slice(-1);
  return Array.from({ length: columns }, (_, column) => {
    const known = rows.map(row => row[column]).filter(look => look !== "missing");
    const share = (look: string) => known.filter(each => each === look).length / known.length;
    return known.length > 0 && share("number") >= 0.7 ? "number" : share("date") >= 0.7 ? "date" : "text";
  });
}

/** Whether a word stands above numbers or dates. */
export const hasNames = (top: readonly string[], looks: readonly string[], usual: readonly string[]): boolean =>
  usual.some((kind, i) => kind !== "text" && looks[i] === "text" && !/^[-+]?inf(inity)?$/i.test(top[i]));
