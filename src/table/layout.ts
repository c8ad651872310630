/** Where in a text the table is: lines before it, names, units, rows of data, lines after it. */
import { describe } from "../describe.ts";
import { Body } from "./body.ts";
import { FOOT, isFoot, isTotal } from "./foot.ts";
import { firstRow, headerAgain, namesOf } from "./header.ts";
import { isBlank, type Layout, lines, SAMPLE } from "./lines.ts";
import { isWords, sayUnits, UNITS } from "./units.ts";
import { evened, widthOf } from "./widths.ts";

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
