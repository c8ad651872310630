/** What each column is, and its numbers: decided from all its cells, and where those leave it open, from the other columns. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import type { Column } from "./column.ts";
import { readDates } from "./dates.ts";
import type { Marks } from "./marks.ts";
import { type Decimal, takeApart } from "./numbers.ts";
import type { Report } from "./report.ts";
import type { Scan } from "./scan.ts";
import { countWords, fewWords, yesAndNo } from "./words.ts";
import { conflictOf, provenDecimal, readWritten, type Style, styleOf } from "./writtenNumbers.ts";

interface Kinds {
  body: Body;
  scans: readonly Scan[];
  marks: Marks;
  report: Report;
  delimiter: string;
  /** The decimal separator that the user names */
  decimal: Decimal | undefined;
  /** Columns that are the time of the rows */
  times: readonly number[];
}

export const ANOTHER_TIME = "it is another time";

export const asTime = (column: Column): Column => ({
  ...column,
  kind: "time",
  values: undefined,
  unused: "it is the time of the rows",
});

/** Of the cells that are not missing, so many are numbers in a column of numbers with bad cells. */
const NUMBERS = 0.8;

/** Rows that show how a column of plain numbers is written */
const SAMPLE = 1000;

export function kindsOf(kinds: Kinds): Column[] {
  const { body, scans, report, times } = kinds;
  const styles = new Map<number, Style>();
  const columns = scans.map((scan, column) => firstKind(kinds, column, scan, styles));
  const proven = new Set([...styles.values()].map(provenDecimal));
  const isNumeric = (column: number) =>
    !times.includes(column) && scans[column].numbers > 0 && scans[column].others === 0;
  if (proven.has(",") || kinds.decimal === ",") {
    // Then 1.234 is another number than elsewhere.
    const others = scans.flatMap((_, column) => {
      if (!isNumeric(column) || !hasPoint(body, column)) return [];
      const style = styleOf(body, column, kinds.marks);
      if (kinds.decimal !== "," && style.points > 0) return [column];
      styles.set(column, style);
      return [];
    });
    report.noteEach(others.map(column => `${sayPoint(body, column)}, though other columns have decimal commas`));
  } else if (styles.size > 0) {
    const sample = scans.findIndex((_, column) => isNumeric(column) && hasPoint(body, column));
    if (sample >= 0) proven.add(provenDecimal(styleOf(body, sample, kinds.marks)));
  }
  if (!proven.has(",") && !proven.has(".") && kinds.decimal === undefined) {
    // Of numbers that all are like 1.234 nobody knows: thousands, or three decimals.
    const open = scans.flatMap((_, column) => {
      if (!isNumeric(column) || !hasPoint(body, column)) return [];
      if (styleOf(body, column, kinds.marks, SAMPLE).points > 0) proven.add(".");
      return [column];
    });
    for (const column of proven.has(".") ? [] : open) {
      const style = styleOf(body, column, kinds.marks);
      if (style.points === 0 && style.either.point > 2) styles.set(column, style);
    }
  }
  const likely = likelyDecimal([...styles.values()]);
  const said = [...styles].map(([column, style]) => readNumbers(kinds, columns[column], column, style, proven, likely));
  report.noteEach(said.filter(line => line !== undefined));
  for (const column of columns) explain(column);
  const yes = columns.filter(({ kind }) => kind === "boolean");
  if (yes.length > 0)
    report.note(`taken as 1 for yes and 0 for no: ${yes.map(({ name }) => describe(name)).join(", ")}`);
  return columns;
}

/** "load": "5.5" is 5.5 */
function sayPoint(body: Body, column: number): string {
  const cell = body.texts(column).find(text => text.includes("."));
  return `${describe(body.names[column])}: ${describe(cell)} is ${Number(cell)}`;
}

const hasPoint = ({ cells, rows }: Body, column: number): boolean =>
  rows.some(row => {
    const end = cells.end(row, column);
    for (let i = cells.start(row, column); i < end; i++) if (cells.text.charCodeAt(i) === 46) return true;
    return false;
  });

/** The kind of a column, whose numbers are read later where they are not plain: then its style is among `styles`. */
function firstKind(kinds: Kinds, column: number, scan: Scan, styles: Map<number, Style>): Column {
  const { body, marks, times } = kinds;
  const { values, numbers, missing, others, firstOthers } = scan;
  const result: Column = {
    name: body.names[column],
    kind: numbers > 0 ? "number" : "empty",
    values: numbers > 0 ? values : undefined,
    missing,
    bad: undefined,
    unused: undefined,
  };
  if (times.includes(column)) return asTime(result);
  if (others === 0) return result;
  result.bad = { line: body.line(firstOthers[0]), text: body.at(firstOthers[0], column), count: others };
  const written = firstOthers.filter(row => takeApart(body.at(row, column))).length;
  if (numbers === 0 || written > 0) {
    const words = numbers === 0 ? countWords(body, column, marks) : new Map<string, number>();
    const pair = yesAndNo(words);
    if (pair) {
      const value = (cell: string) => (marks.has(cell) ? NaN : cell.toLowerCase() === pair[0] ? 1 : 0);
      return { ...result, kind: "boolean", values: Float64Array.from(body.texts(column), value), bad: undefined };
    }
    if (numbers === 0 && readDates(body, column, marks, undefined)) {
      return { ...result, kind: "time", values: undefined, unused: ANOTHER_TIME };
    }
    if (written >= firstOthers.length / 2 || numbers > 0) {
      const style = styleOf(body, column, marks);
      const unused = conflictOf(style);
      if (style.numbers >= NUMBERS * (style.numbers + style.others)) {
        if (unused) return { ...result, kind: "words", values: undefined, unused };
        styles.set(column, style);
        return result;
      }
    }
    if (numbers === 0) return ofWords(result, words);
  }
  if (numbers >= NUMBERS * (numbers + others)) return result;
  return ofWords(result, countWords(body, column, marks));
}

function ofWords(column: Column, words: ReadonlyMap<string, number>): Column {
  const few = fewWords(
    words,
    [...words.values()].reduce((sum, count) => sum + count, 0),
  );
  const isFew = typeof few !== "string";
  return {
    ...column,
    kind: "words",
    values: undefined,
    words: isFew ? few : undefined,
    unused: isFew ? undefined : few,
  };
}

/** The decimal separator where columns with 1,234 have numbers below 1000 too, which are whole: then those are thousands. */
function likelyDecimal(styles: readonly Style[]): Decimal | undefined {
  const open = styles.filter(style => provenDecimal(style) === undefined && style.whole > 0);
  const [comma, point] = [open.some(({ either }) => either.comma > 0), open.some(({ either }) => either.point > 0)];
  return comma === point ? undefined : comma ? "." : ",";
}

/** Reads the numbers of a column that are not plain; what is to be said of that. */
function readNumbers(
  kinds: Kinds,
  column: Column,
  index: number,
  style: Style,
  proven: ReadonlySet<Decimal | undefined>,
  likely: Decimal | undefined,
): string | undefined {
  const { body, marks, report, delimiter, times } = kinds;
  let decimal = kinds.decimal ?? provenDecimal(style);
  let isGuess = false;
  if (decimal === undefined) {
    const { comma, point } = style.either;
    const hasDottedDays = report.found.dateFormat === "dmy" && body.at(0, times[0]).includes(".");
    if (proven.has(",") !== proven.has(".")) decimal = proven.has(",") ? "," : ".";
    else {
      // Thousands leave smaller numbers without a separator; decimals seldom have three digits in every cell.
      const isThousands = style.whole > 0;
      const hasMarks = kinds.scans[index].others > 0;
      isGuess =
        comma + point > 0 && (comma > 0 || delimiter !== "," || isThousands || hasMarks || likely !== undefined);
      if (likely !== undefined) decimal = likely;
      else if (comma > 0) decimal = delimiter === "," || isThousands ? "." : ",";
      else decimal = point > 0 && delimiter !== "," && (isThousands || hasDottedDays) ? "," : ".";
    }
  }
  const { values, bad, missing } = readWritten(body, index, marks, decimal);
  Object.assign(column, { kind: "number", values, missing, bad: undefined });
  if (bad.length > 0) column.bad = { line: body.line(bad[0]), text: body.at(bad[0], index), count: bad.length };
  const example = values.findIndex((value, row) => {
    const cell = Number.isNaN(value) ? "" : body.at(row, index);
    return /[^\d.+-]/.test(cell) || (cell !== "" && Number(cell) !== value) || (isGuess && cell.includes("."));
  });
  if (example < 0) return undefined;
  report.found.decimal ??= decimal;
  const other = decimal === "." ? "," : ".";
  const open = openNumber(body, index, style, decimal);
  return (
    `${describe(column.name)}: ${describe(body.at(example, index))} is ${values[example]}` +
    (open >= 0 && open !== example ? sayOpen(body.at(open, index), values[open], report) : "") +
    (isGuess ? `; if it is not, ${report.option("decimal", other)}` : "")
  );
}

const sayOpen = (cell: string, value: number, report: Report): string =>
  `, and ${describe(cell)} is ${value}: if it is not, correct it, or ${report.option("na", cell)}`;

/**
 * The row of a number such as 1.234 among decimal commas, or 1,234 among points, which no other number shows to have thousands;
 * -1 where there is none.
 */
function openNumber(body: Body, column: number, { points, commas, either, both }: Style, decimal: Decimal): number {
  const thousands = decimal === "," ? "." : ",";
  if (both > 0 || points + commas === 0 || either[decimal === "," ? "point" : "comma"] === 0) return -1;
  return body.texts(column).findIndex(cell => {
    const written = cell.includes(thousands) ? takeApart(cell) : undefined;
    return written?.decimal === "either";
  });
}

/** Says why a column is of no use to learn from. */
function explain(column: Column): void {
  const { values, bad } = column;
  if (column.unused) return;
  if (column.kind === "empty") column.unused = "it has no values";
  else if (column.words) return;
  else if (bad) column.unused = `line ${bad.line} has ${describe(bad.text)}, which is no number`;
  else if (values) {
    if (isConstant(values)) column.unused = `it is always ${values.find(value => !Number.isNaN(value))}`;
    else if (isCounter(values)) column.unused = "it only counts the rows";
    else if (column.missing > values.length / 2) {
      column.unused = `${column.missing} of ${values.length} values are missing`;
    }
  }
}

export function isConstant(values: Float64Array): boolean {
  const first = values.find(value => !Number.isNaN(value));
  return values.length > 1 && values.every(value => Number.isNaN(value) || value === first);
}

/** A number of the row or of the year: it rises, or falls, by the same step and says nothing about the future. */
export function isCounter(values: Float64Array): boolean {
  const step = values[1] - values[0];
  if (values.length < 3 || step === 0 || Number.isNaN(step)) return false;
  let others = 0;
  for (let row = 1; row < values.length; row++) {
    const passed = values[row] - values[row - 1];
    if (passed === step) continue;
    // Rows may be left out of a count.
    if (!(passed / step >= 1) || !Number.isInteger(passed / step)) return false;
    others++;
  }
  return others <= values.length / 10;
}
