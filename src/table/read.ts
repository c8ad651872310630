/** From text or bytes to a table: the steps in their order. */
import { describe } from "../describe.ts";
import { checked } from "../options.ts";
import { Body } from "./body.ts";
import { decode } from "./bytes.ts";
import { cut } from "./cells.ts";
import type { Column } from "./column.ts";
import { findDelimiter } from "./delimiter.ts";
import type { FoundTime } from "./foundTime.ts";
import { ANOTHER_TIME, asTime, kindsOf } from "./kinds.ts";
import { findBody } from "./layout.ts";
import { lookOf } from "./looks.ts";
import { Marks } from "./marks.ts";
import { OPTIONS, orderOf, type TableOptions } from "./options.ts";
import { type Arranged, arrange, type Duplicates, instants } from "./order.ts";
import { Report, type ShowOption } from "./report.ts";
import { showSpan } from "./rhythm.ts";
import { type Scan, scan } from "./scan.ts";
import { likelyMarks } from "./sentinels.ts";
import { explainIn, noteOfSeries, rowsOfSeries } from "./series.ts";
import { type Several, Table } from "./table.ts";
import { TableTime } from "./tableTime.ts";
import { findTime } from "./timeColumns.ts";
import { isTime, lateTime } from "./timeNumbers.ts";
import { sayTimesInNames } from "./wide.ts";

/** About how much of the work is done after each step, in the order below; the columns are scanned from one to the next. */
const DONE = { decoded: 0.1, cut: 0.35, scanned: 0.6, timed: 0.85, understood: 0.95 };

/**
 * See `readTable`; with another way to write options in remedies.
 *
 * @param onPart told now and then which part of the work is done, below 1
 */
export function read(
  source: string | Uint8Array | ArrayBuffer,
  given: TableOptions,
  showOption: ShowOption,
  onPart: (done: number) => void = () => {},
): Table {
  const options = checked(given, "readTable", OPTIONS, ": ");
  const report = new Report(options.name, showOption);
  const marks = new Marks(options.na);
  const whole = withDoubleQuotes(textOf(source, options.encoding, report), report);
  const text = withoutSep(withoutQuotes(whole, marks, report));
  onPart(DONE.decoded);
  const delimiter = options.delimiter ?? findDelimiter(text.text, marks, text.told);
  const all = findBody({ cells: cut(text.text, delimiter), delimiter, marks, report, header: options.header });
  if (![",", ";", "\t"].includes(delimiter) && options.delimiter === undefined && all.names.length > 1) {
    report.note(`cells are separated by ${delimiter === " " ? "blanks" : describe(delimiter)}`);
  }
  const wide = sayTimesInNames(all.names);
  if (wide) report.note(wide);
  const body = options.where ? filtered(all, options.where, report) : all;
  onPart(DONE.cut);
  const scans = body.names.map((_, column) => {
    const scanned = scan(body, column, marks);
    onPart(DONE.cut + ((DONE.scanned - DONE.cut) * (column + 1)) / body.names.length);
    return scanned;
  });
  const order = options.dateFormat === undefined ? undefined : orderOf(options.dateFormat);
  const asked = options.time === undefined || options.time === null ? undefined : columnsOf(all, options.time, report);
  const ids = options.series === undefined ? [] : columnsOf(all, options.series, report, "series");
  let found = options.time === null ? undefined : findTime({ body, scans, marks, report, order }, asked, ids);
  onPart(DONE.timed);
  if (asked && !found) {
    const [column] = asked;
    throw report.error(`expected times, got ${describe(body.at(0, column))}`, { column: body.names[column] });
  }
  const kinds = { body, scans, marks, report, delimiter, decimal: options.decimal, times: found?.columns ?? [] };
  const columns = kindsOf(kinds);
  if (!found && options.time === undefined) {
    const written = columns.map(({ kind, values, name }, column) =>
      kind === "number" && scans[column].others > 0 && values && isTime(name, values) ? values : undefined,
    );
    found = lateTime({ body, marks, report, order }, written);
    for (const column of found?.columns ?? []) columns[column] = asTime(columns[column]);
  }
  onPart(DONE.understood);
  for (const column of columns) {
    if (found && !column.unused && column.values && isTime(column.name, column.values)) column.unused = ANOTHER_TIME;
  }
  if (ids.length > 0) {
    const series = readSeries(body, columns, found, scans, ids, options, report, marks);
    explainIn(columns, series);
    return finish(body, columns, null, report, marks, options.na, series);
  }
  if (!found) return finish(body, columns, null, report, marks, options.na);
  const arranged = arrange(body, found, scans, options.duplicates, report);
  const sorted = sort(body, columns, arranged, options.duplicates);
  return finish(sorted.body, sorted.columns, timeOf(body, found, arranged, sorted.first), report, marks, options.na);
}

function textOf(source: unknown, encoding: string | undefined, report: Report): string {
  const text = decoded(source, encoding, report);
  const what = /^\s*(<!doctype|<html|<\?xml|\{|\[\s*[[{])/i.exec(text.slice(0, 200))?.[1];
  if (what === undefined) return text;
  throw report.error(
    `this is ${what[0] === "<" ? "HTML or XML" : "JSON"}; expected a table: a header row and rows of cells`,
  );
}

function decoded(source: unknown, encoding: string | undefined, report: Report): string {
  if (typeof source === "string") return source.charCodeAt(0) === 0xfeff ? source.slice(1) : source;
  if (source instanceof Uint8Array) return decode(source, encoding, report);
  if (source instanceof ArrayBuffer) return decode(new Uint8Array(source), encoding, report);
  throw new TypeError(`readTable: expected a text or its bytes, got ${describe(source)}`);
}

/** A line of cells in single quotes, the first of them, and of others that have none */
const SINGLE = /^'[^']*'( *[,;\t|] *('[^']*'|[^',;\t|]*))*$/;

/** Cells in single quotes, as some programs write them. */
function withDoubleQuotes(text: string, report: Report): string {
  if (text[0] !== "'" || text.includes('"')) return text;
  const sample = text.slice(0, 1 << 14).split(/\r\n|\r|\n/);
  if (sample.length < 3 || !sample.slice(0, -1).every(line => line.trim() === "" || SINGLE.test(line.trim())))
    return text;
  report.note("cells are in single quotes");
  return text.replaceAll("'", '"');
}

/** A line as a cell: one pair of quotes around all of it, and a delimiter in it */
const WRAPPED = /^"(?:[^"\r\n]|"")*[,;\t](?:[^"\r\n]|"")*"$/;

/** Tables that went through a spreadsheet as one column have each line in quotes. */
function withoutQuotes(text: string, marks: Marks, report: Report): string {
  if (text[0] !== '"') return text;
  const sample = text
    .slice(0, 1 << 14)
    .split(/\r\n|\r|\n/)
    .slice(0, -1)
    .filter(line => line.trim() !== "");
  if (sample.length < 3 || !sample.every(line => WRAPPED.test(line.trim()))) return text;
  // One column of numbers or dates with commas in them.
  if (sample.slice(1).every(line => lookOf(line.trim().slice(1, -1), marks) !== "text")) return text;
  report.note("each line is in quotes, which are passed over");
  return text.replace(/[^\r\n]+/g, line => {
    const whole = line.trim();
    return WRAPPED.test(whole) ? whole.slice(1, -1).replaceAll('""', '"') : line;
  });
}

/** Excel writes its delimiter into a line of its own: `sep=;`. The line stays, so that lines keep their numbers. */
function withoutSep(text: string): { text: string; told: string | undefined } {
  const match = /^"?sep=(.)"?[^\r\n\S]*(?=[\r\n])/i.exec(text.slice(0, 20));
  return match ? { text: text.slice(match[0].length), told: match[1] } : { text, told: undefined };
}

/** Each series by itself: its rows in the order of their time. */
function readSeries(
  body: Body,
  columns: readonly Column[],
  found: FoundTime | undefined,
  scans: readonly Scan[],
  ids: readonly number[],
  { duplicates }: { duplicates: Duplicates },
  report: Report,
  marks: Marks,
): Several {
  const names = ids.map(column => body.names[column]);
  const told: { name: string; notes: readonly string[] }[] = [];
  const parts = [...rowsOfSeries(body, ids, report)].map(([name, rows]) => {
    const take = (values: Float64Array) => Float64Array.from(rows, row => values[row]);
    const own = report.part();
    const part = body.pick(rows);
    const cells = columns.map(column => (column.values ? { ...column, values: take(column.values) } : { ...column }));
    if (!found) return { name, table: new Table(part, cells, null, own, marks) };
    const time = { ...found, wall: take(found.wall), offsets: found.offsets && take(found.offsets) };
    const arranged = arrange(part, time, scans, duplicates, own, names);
    const sorted = sort(part, cells, arranged, duplicates);
    const times = timeOf(part, time, arranged, sorted.first);
    sayRhythm(times, own);
    told.push({ name, notes: own.notes });
    return { name, table: new Table(sorted.body, sorted.columns, times, own, marks) };
  });
  noteOfSeries(report, told);
  return { columns: names, parts };
}

function columnsOf(
  { names }: Body,
  asked: string | readonly string[],
  report: Report,
  option: "time" | "series" = "time",
): number[] {
  return (typeof asked === "string" ? [asked] : asked).map(name => {
    const column = names.indexOf(name);
    if (column < 0)
      throw report.error(
        `${option}: there is no column ${describe(name)}; columns are ${names.map(describe).join(", ")}`,
      );
    return column;
  });
}

/** The rows with these words in these columns. */
function filtered(body: Body, where: Readonly<Record<string, string>>, report: Report): Body {
  let { rows } = body;
  for (const [name, word] of Object.entries(where)) {
    const [column] = columnsOf(body, name, report);
    rows = rows.filter(row => body.cells.at(row, column) === word);
    if (rows.length === 0) throw report.error(`where: no row has ${describe(word)}`, { column: name });
  }
  return new Body(body.cells, body.names, rows);
}

/** Rows and columns in the order of time; rows of the same time become one. */
function sort(body: Body, columns: readonly Column[], { order, groups }: Arranged, duplicates: Duplicates) {
  if (!order) return { body, columns, first: undefined };
  const n = groups?.length ?? order.length;
  const ends = (i: number) => [groups ? groups[i] : i, groups ? (groups[i + 1] ?? order.length) : i + 1] as const;
  const first = Uint32Array.from({ length: n }, (_, i) => order[duplicates === "last" ? ends(i)[1] - 1 : ends(i)[0]]);
  const pick = (values: Float64Array) => {
    if (duplicates !== "mean") return Float64Array.from(first, row => values[row]);
    return Float64Array.from({ length: n }, (_, i) => {
      let [sum, count] = [0, 0];
      for (let k = ends(i)[0]; k < ends(i)[1]; k++) {
        const value = values[order[k]];
        if (!Number.isNaN(value)) [sum, count] = [sum + value, count + 1];
      }
      return count > 0 ? sum / count : NaN;
    });
  };
  return {
    body: new Body(
      body.cells,
      body.names,
      Uint32Array.from(first, row => body.rows[row]),
    ),
    columns: columns.map(column => (column.values ? { ...column, values: pick(column.values) } : column)),
    first,
  };
}

function timeOf(body: Body, found: FoundTime, { ahead }: Arranged, first: Uint32Array | undefined): TableTime {
  const sorted = (values: Float64Array) => (first ? Float64Array.from(first, row => values[row]) : values);
  const values = sorted(instants(found)).map((time, row) => time - (ahead?.[row] ?? 0) * 6e4);
  const offsets = ahead ?? (found.offsets && sorted(found.offsets));
  const { precision, separator, hasOffset } = found;
  const names = found.columns.map(column => body.names[column]);
  return new TableTime(names, values, offsets, { precision, separator, hasOffset });
}

/** The table, and what is to be said of its rows and columns. */
function finish(
  body: Body,
  columns: readonly Column[],
  time: TableTime | null,
  report: Report,
  marks: Marks,
  na: readonly string[],
  series: Several | null = null,
): Table {
  const missing = columns.filter(column => column.missing > 0 && column.values && !column.unused);
  if (missing.length > 0) {
    const list = missing.slice(0, 10).map(({ name, missing: n }) => `${n} of ${describe(name)}`);
    report.note(`missing values: ${list.join(", ")}${missing.length > 10 ? ", …" : ""}`);
  }
  report.noteEach(columns.flatMap(({ name, values }) => likelyNotes(name, values, report, na)));
  if (time) sayRhythm(time, report);
  return new Table(body, columns, time, report, marks, series);
}

function sayRhythm(time: TableTime, report: Report): void {
  const { gaps, rhythm, values } = time;
  if (!rhythm.isRegular) {
    const steps = values.slice(1).map((value, i) => value - values[i]);
    const [least, most] = [steps.reduce((a, b) => Math.min(a, b)), steps.reduce((a, b) => Math.max(a, b))];
    report.note(`the rows are at irregular times, ${showSpan(least)} to ${showSpan(most)} apart, ${rhythm.name}`);
  }
  if (gaps.length === 0) return;
  const total = gaps.reduce((sum, { missing }) => sum + missing, 0);
  const { row, missing } = gaps.reduce((most, gap) => (gap.missing > most.missing ? gap : most));
  report.note(
    `${total === 1 ? "1 row is" : `${total} rows are`} missing in ${gaps.length === 1 ? "1 place" : `${gaps.length} places`}` +
      `, ${missing === total ? "" : `${missing} of them `}between ${time.show(row - 1)} and ${time.show(row)}`,
  );
}

/** What is to be said of numbers in a column that probably mark missing values. */
function likelyNotes(name: string, values: Float64Array | undefined, report: Report, na: readonly string[]): string[] {
  const likely = values ? likelyMarks(values).filter(mark => !na.includes(String(mark))) : [];
  return likely.map(mark => {
    const times = values?.filter(value => value === mark).length;
    return (
      `${describe(name)}: ${mark} is far from all others and probably marks a missing value (${times} of them); ` +
      `if so, ${report.option("na", String(mark))}`
    );
  });
}
