/** The names of columns: in which line they are, if in any. */
import { describe } from "../describe.ts";
import type { Cells } from "./cells.ts";
import { isBlank, type Layout, SAMPLE } from "./lines.ts";
import { hasNames, lookOf, usualLooks } from "./looks.ts";
import { isTimeName } from "./numberTime.ts";
import type { Report } from "./report.ts";
import { passUnits } from "./units.ts";
import type { Width } from "./widths.ts";

/** The row of names, or the first of data: below lines of as many cells, as between a description and the table. */
export function firstRow({ cells, marks, header }: Layout, width: Width, filled: readonly number[]): number {
  const wide = filled.filter(row => cells.count(row) === width.header);
  const [first = filled[0]] = wide;
  if (header === false || width.header !== width.rows || width.rows < 2) return first;
  const looks = wide.map(row => cells.row(row).map(cell => lookOf(cell, marks)));
  const usual = usualLooks(looks.slice(looks.length >> 1), width.rows);
  const isData = (at: number) =>
    usual.every((kind, column) => kind === "text" || looks[at][column] === kind || looks[at][column] === "missing");
  const above = wide.slice(
    0,
    Math.max(
      0,
      looks.findIndex((_, at) => isData(at)),
    ),
  );
  const isNames = (row: number, at: number) => {
    const names = looks[at].every(look => look === "text");
    const isBelowBlank = cells.rows > 0 && row > 0 && isBlank(cells, row - 1);
    return (
      names && (isBelowBlank || cells.row(row).some((name, column) => usual[column] === "date" && isTimeName(name)))
    );
  };
  return above.filter(isNames).pop() ?? first;
}

export function namesOf(
  { cells, marks, report, header }: Layout,
  first: number,
  width: Width,
  filled: readonly number[],
): { names: string[]; begin: number; hasHeader: boolean } {
  const below = filled.filter(row => row > first && cells.count(row) === width.rows).slice(0, SAMPLE);
  const looks = (row: number) => Array.from({ length: cells.count(row) }, (_, i) => lookOf(cells.at(row, i), marks));
  const looksBelow = below.map(looks);
  const usual = usualLooks(looksBelow, width.rows);
  const top = cells.row(first);
  const topLooks = looks(first);
  const hasHeader = header ?? (width.extra !== "none" || isHeader(top, topLooks, usual));
  let names: string[];
  let begin = first;
  if (hasHeader) {
    names = width.extra === "front" ? ["row", ...top] : top;
    if (width.extra === "clock") names = [top[0], `${top[0]} (2)`, ...top.slice(1)];
    begin = first + 1;
    if (width.extra === "front") report.note("the first cell of each row is its name: the header has one name less");
    if (width.extra === "end") report.note("each row ends in a delimiter, which is passed over");
    begin = passUnits(cells, report, below, looksBelow, usual) ?? begin;
  } else {
    const comment = cells.lastComment.split(/[\s,;|]+/);
    const isNames =
      cells.lastComment !== "" && comment.length === width.rows && comment.every(word => !/^[-+\d.]/.test(word));
    names = isNames ? comment : top.map(() => "");
    report.note(
      isNames
        ? `the names of the columns are those of the comment ${describe(cells.lastComment)}`
        : `there is no header: columns are called "column 1", "column 2", …`,
    );
  }
  while (names.length > 1 && names[names.length - 1] === "") {
    const column = names.length - 1;
    const empty = below.every(row => cells.start(row, column) === cells.end(row, column));
    if (!empty || below.length === 0) break;
    names = names.slice(0, -1);
  }
  return { names: distinct(names, report), begin, hasHeader };
}

function isHeader(top: readonly string[], looks: readonly string[], usual: readonly string[]): boolean {
  if (hasNames(top, looks, usual)) return true;
  if (usual.every(kind => kind === "text")) return !looks.every(look => look === "number" || look === "date");
  // Dates above numbers: a series in each row.
  if (usual.filter((kind, column) => kind === "number" && looks[column] === "date").length > 1) return true;
  // Names that are numbers: years beside a word, or any beside nothing.
  const numbers = top.filter((_, column) => looks[column] === "number").map(Number);
  const rise = numbers.every((value, i) => Number.isInteger(value) && (i === 0 || value === numbers[i - 1] + 1));
  const isYears = numbers[0] >= 1500 && numbers[0] < 2300 && looks.includes("text");
  return rise && numbers.length > 0 && !looks.includes("date") && (isYears || looks[0] === "missing");
}

/** A name for each column; one that comes again gets a number. */
function distinct(names: readonly string[], report: Report): string[] {
  const taken = new Map<string, number>();
  const said: string[] = [];
  const result = names.map((given, i) => {
    const wanted = given.replace(/\s+/g, " ").trim() || `column ${i + 1}`;
    let name = wanted;
    let n = taken.get(wanted) ?? 1;
    while (taken.has(name)) name = `${wanted} (${++n})`;
    taken.set(wanted, n);
    if (name !== wanted)
      said.push(`two columns are named ${describe(wanted)}: the later one is called ${describe(name)}`);
    taken.set(name, taken.get(name) ?? 1);
    return name;
  });
  report.noteEach(said);
  return result;
}

/** Whether a row is the header once more, as where files were put one behind the other. */
export function headerAgain(cells: Cells, first: number): (row: number) => boolean {
  const names = cells.row(first);
  const place = names.findIndex(name => name !== "");
  return row => {
    // Few rows are taken apart: only those that have its first name.
    if (place < 0 || cells.count(row) !== names.length) return false;
    if (!cells.text.startsWith(names[place], cells.start(row, place))) return false;
    return names.every((name, column) => cells.at(row, column) === name);
  };
}
