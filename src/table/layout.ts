/** Where in a text the table is: lines before it, names, units, rows of data, lines after it. */
import { describe } from "../describe.ts";
import { Body } from "./body.ts";
import type { Cells } from "./cells.ts";
import { usualCount } from "./delimiter.ts";
import { FOOT, isFoot, isTotal } from "./foot.ts";
import { lookOf } from "./looks.ts";
import type { Marks } from "./marks.ts";
import { isTimeName } from "./numberTime.ts";
import type { Report } from "./report.ts";

/** Rows under the first that tell whether it holds names. */
const SAMPLE = 60;

interface Layout {
  cells: Cells;
  delimiter: string;
  marks: Marks;
  report: Report;
  /** Whether the first row of the table holds names; undefined: to be found */
  header: boolean | undefined;
}

const isBlank = (cells: Cells, row: number): boolean => {
  for (let column = 0; column < cells.count(row); column++) {
    if (cells.end(row, column) > cells.start(row, column)) return false;
  }
  return true;
};

/** @throws RangeError for a text without a table, and for a row that has not as many cells as the others */
export function findBody(given: Layout): Body {
  const { delimiter, report } = given;
  let { cells } = given;
  const filled: number[] = [];
  for (let row = 0; row < cells.rows && filled.length < SAMPLE + 40; row++) if (!isBlank(cells, row)) filled.push(row);
  if (filled.length === 0) throw report.error("there is nothing in it; expected a header row and rows of data");
  const width = widthOf(given, filled);
  const first = firstRow(given, width, filled);
  cells = evened(given, width, first);
  const layout = { ...given, cells };
  const names = namesOf(layout, first, width, filled);
  const begin = names.begin;
  const before = filled.indexOf(first);
  if (before > 0) {
    report.note(
      `${lines(before)} before the table passed over, beginning with ${describe(cells.row(filled[0]).join(" "))}`,
    );
  }
  if (cells.comments > 0) report.note(`${lines(cells.comments)} of comments (${cells.commentMark}) passed over`);

  const again = names.hasHeader ? headerAgain(cells, first) : () => false;
  let repeats = 0;
  const rows = new Uint32Array(cells.rows - begin);
  let n = 0;
  let blank = 0;
  let bad = -1;
  for (let row = begin; row < cells.rows; row++) {
    const count = cells.count(row);
    const lone = count === 1 && cells.end(row, 0) === cells.start(row, 0) && !cells.isQuoted(row, 0);
    if (width.rows > 1 && (lone || isBlank(cells, row))) {
      // A line without any cell is no row.
      if (!lone) blank++;
    } else if (bad < 0 && again(row)) repeats++;
    else if (bad < 0 && cells.rows - row <= FOOT && isFoot(cells, row) && !isFoot(cells, begin)) bad = row;
    else if (count === width.rows) {
      if (bad >= 0 && isFoot(cells, bad)) continue;
      if (bad >= 0) throw wrongCount(bad);
      rows[n++] = row;
    } else if (n === 0 && row - begin < UNITS && isWords(cells, row, given.marks)) sayUnits(cells, report, 1, row);
    else if (bad < 0) bad = row;
  }
  if (repeats > 0) report.note(`the header comes again ${repeats === 1 ? "once" : `${repeats} times`}, passed over`);
  if (width.rows === 1) while (n > 0 && isBlank(cells, rows[n - 1])) n--;
  if (bad >= 0) {
    // Not followed by any row of data: what stands under a table.
    const isApart = isFoot(cells, bad) || isBlank(cells, bad - 1);
    if ((cells.count(bad) > width.rows && !isApart) || cells.rows - bad > FOOT) throw wrongCount(bad);
    report.note(
      `what stands under the table passed over, from line ${cells.line(bad)} on: ${describe(cells.row(bad).join(" "))}`,
    );
  }
  while (n > 1 && isTotal(cells, rows[n - 1], layout.marks)) {
    report.note(
      `line ${cells.line(rows[n - 1])} (${describe(cells.row(rows[n - 1]).find(cell => cell !== ""))}) passed over: a sum of the others`,
    );
    n--;
  }
  if (blank > 0) report.note(`${blank === 1 ? "1 row" : `${blank} rows`} without any value passed over`);
  if (n === 0) throw report.error("there is a header but no row of data");
  const { fault } = cells;
  if (fault && fault.row >= first && (fault.row <= rows[n - 1] || bad < 0)) {
    throw report.error(
      'a quote (") is misplaced or not closed; put quotes around the whole cell and write "" for a quote inside it',
      fault,
    );
  }
  return new Body(cells, names.names, rows.subarray(0, n));

  function wrongCount(row: number): RangeError {
    return report.error(
      `expected ${width.rows} cells as in ${names.hasHeader ? "the header" : "the other lines"}, got ${cells.count(row)}; ` +
        `complete or remove the line, or put quotes around a cell with a ${JSON.stringify(delimiter)} in it`,
      { line: cells.line(row) },
    );
  }
}

/** The row of names, or the first of data: below lines of as many cells, as between a description and the table. */
function firstRow({ cells, marks, header }: Layout, width: Width, filled: readonly number[]): number {
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

/** Rows of another width are no mistake where many are so. */
const FEW = 3;
const MANY = 0.05;

/** Without empty cells that only some rows have at their end, and with those that many rows leave out there. */
function evened({ cells, delimiter, report }: Layout, width: Width, first: number): Cells {
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

/** Whether a row is the header once more, as where files were put one behind the other. */
function headerAgain(cells: Cells, first: number): (row: number) => boolean {
  const names = cells.row(first);
  const place = names.findIndex(name => name !== "");
  return row => {
    // Few rows are taken apart: only those that have its first name.
    if (place < 0 || cells.count(row) !== names.length) return false;
    if (!cells.text.startsWith(names[place], cells.start(row, place))) return false;
    return names.every((name, column) => cells.at(row, column) === name);
  };
}

const lines = (n: number): string => (n === 1 ? "1 line" : `${n} lines`);

interface Width {
  header: number;
  rows: number;
  /** What rows have beyond the header: names of their own in front, a time behind their date, or a delimiter at their end */
  extra: "none" | "front" | "clock" | "end";
}

function widthOf({ cells, delimiter, marks, report, header }: Layout, filled: readonly number[]): Width {
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

/** What most cells of each column look like, missing ones left out. */
function usualLooks(looks: readonly (readonly string[])[], columns: number): string[] {
  // Not the first rows, which may be units.
  const rows = looks.length > 3 ? looks.slice(3) : looks.slice(-1);
  return Array.from({ length: columns }, (_, column) => {
    const known = rows.map(row => row[column]).filter(look => look !== "missing");
    const share = (look: string) => known.filter(each => each === look).length / known.length;
    return known.length > 0 && share("number") >= 0.7 ? "number" : share("date") >= 0.7 ? "date" : "text";
  });
}

function namesOf(
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

/** Whether a word stands above numbers or dates. */
const hasNames = (top: readonly string[], looks: readonly string[], usual: readonly string[]): boolean =>
  usual.some((kind, i) => kind !== "text" && looks[i] === "text" && !/^[-+]?inf(inity)?$/i.test(top[i]));

function isHeader(top: readonly string[], looks: readonly string[], usual: readonly string[]): boolean {
  if (hasNames(top, looks, usual)) return true;
  if (usual.every(kind => kind === "text")) return !looks.every(look => look === "number" || look === "date");
  // Names that are numbers: years beside a word, or any beside nothing.
  const numbers = top.filter((_, column) => looks[column] === "number").map(Number);
  const rise = numbers.every((value, i) => Number.isInteger(value) && (i === 0 || value === numbers[i - 1] + 1));
  const isYears = numbers[0] >= 1500 && numbers[0] < 2300 && looks.includes("text");
  return rise && numbers.length > 0 && !looks.includes("date") && (isYears || looks[0] === "missing");
}

/** Lines of units that a table may have */
const UNITS = 12;

const isWords = (cells: Cells, row: number, marks: Marks): boolean =>
  cells.row(row).every(cell => lookOf(cell, marks) === "text");

const sayUnits = (cells: Cells, report: Report, count: number, row: number): void =>
  report.note(`${lines(count)} under the header passed over, without a number: ${describe(cells.row(row).join(" "))}`);

/** Rows under the header without a number or date in its place, where all that follow have some: units. */
function passUnits(
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
