/** How many cells the header and the rows of a table have. */
import type { Cells } from "./cells.ts";
import { usualCount } from "./delimiter.ts";
import { isFoot } from "./foot.ts";
import { type Layout, SAMPLE } from "./lines.ts";
import { hasNames, lookOf, usualLooks } from "./looks.ts";

export interface Width {
  header: number;
  rows: number;
  /** What rows have beyond the header: names of their own in front, a time behind their date, or a delimiter at their end */
  extra: "none" | "front" | "clock" | "end";
}

export function widthOf({ cells, delimiter, marks, report, header }: Layout, filled: readonly number[]): Width {
  const first = cells.count(filled[0]);
  const usual = usualCount(cells, filled[0]);
  const count =
    filled.filter(row => cells.count(row) === first).length >= usual.share * filled.length ? first : usual.count;
  const full = filled.filter(row => cells.count(row) === count);
  const above = filled[filled.indexOf(full[0]) - 1];
  const plain = { header: count, rows: count, extra: "none" } as const;
  if (above === undefined || cells.count(above) !== count - 1 || count < 2 || header === false) return plain;
  // A line of one cell less right above: names, or a title if names follow.
  const looks = full.slice(0, SAMPLE).map(row => cells.row(row).map(cell => lookOf(cell, marks)));
  if (hasNames(cells.row(full[0]), looks[0], usualLooks(looks.slice(1), count))) return plain;
  const top = count - 1;
  if (full.every(row => cells.start(row, top) === cells.end(row, top)))
    return { header: top, rows: count, extra: "end" };
  // A date and its time, with the blank between them that is the delimiter.
  const clock = full.every((row, i) => (looks[i]?.[0] ?? "date") === "date" && /^\d\d?:\d\d/.test(cells.at(row, 1)));
  if (delimiter === " " && clock) return { header: top, rows: count, extra: "clock" };
  const firsts = full.map(row => cells.at(row, 0));
  const isCount = firsts.every((cell, i) => /^\d+$/.test(cell) && (i === 0 || +cell === +firsts[i - 1] + 1));
  const isWords = full.every((_, i) => looks[i] === undefined || looks[i][0] === "text" || looks[i][0] === "date");
  const isDated = looks[0][0] === "date" && /date|time|day|month|period|datum|zeit|fecha/i.test(cells.at(above, 0));
  const isNames = full.every(row => cells.isQuoted(row, 0)) || isCount || isWords;
  if (isNames && new Set(firsts).size === firsts.length && !(isDated && delimiter === ",")) {
    return { header: top, rows: count, extra: "front" };
  }
  throw report.error(
    `expected ${top} cells as in the header, got ${count}; ` +
      `complete or remove the line, or put quotes around a cell with a ${JSON.stringify(delimiter)} in it`,
    { line: cells.line(full[0]) },
  );
}

/** Rows of another width are no mistake where many are so. */
const FEW = 3;
const MANY = 0.05;

/** Without empty cells that only some rows have at their end, and with those that many rows leave out there. */
export function evened({ cells, delimiter, report }: Layout, width: Width, first: number): Cells {
  const isLong = (row: number) => {
    for (let column = width.rows; column < cells.count(row); column++)
      if (cells.end(row, column) > cells.start(row, column)) return false;
    return cells.count(row) > width.rows;
  };
  // Where blanks stand between cells, nobody knows which are left out.
  const isShort = (row: number) =>
    delimiter !== " " && cells.count(row) > 1 && cells.count(row) < width.rows && !isFoot(cells, row);
  let [long, short, firstShort] = [0, 0, 0];
  for (let row = first + 1; row < cells.rows; row++) {
    if (cells.count(row) === width.rows) continue;
    if (isLong(row)) long++;
    else if (isShort(row) && short++ === 0) firstShort = row;
  }
  const isFilled = short >= FEW && short >= MANY * (cells.rows - first);
  if (long === 0 && !isFilled) return cells;
  if (long > 0) report.note(`${long === 1 ? "1 row ends" : `${long} rows end`} in a delimiter that others do not have`);
  if (isFilled)
    report.note(
      `${short} rows have fewer cells than others, the first in line ${cells.line(firstShort)}: ` +
        "those at their end are taken as missing",
    );
  return cells.resized(row =>
    row > first && (isLong(row) || (isFilled && isShort(row))) ? width.rows : cells.count(row),
  );
}
