/** A table that was read. */
import { closest } from "../closest.ts";
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import type { Column } from "./column.ts";
import type { Marks } from "./marks.ts";
import type { TableOptions } from "./options.ts";
import type { Report } from "./report.ts";
import { TableTime } from "./tableTime.ts";

/** Several series in a table. */
export interface Several {
  /** The columns that name the series of a row */
  readonly columns: readonly string[];
  /** The series, in the order in which they begin in the table */
  readonly parts: readonly { readonly name: string; readonly table: Table }[];
}

const MOST_LISTED = 20;

export class Table {
  readonly #body: Body;
  readonly #report: Report;
  readonly #marks: Marks;
  readonly #places: ReadonlyMap<string, number>;
  /** All columns, from left to right */
  readonly columns: readonly Column[];
  /** The time of the rows; null where no column holds it */
  readonly time: TableTime | null;
  /** The series in it, where it was read with `series`: then times are theirs. Null: it is one */
  readonly series: Several | null;

  constructor(
    body: Body,
    columns: readonly Column[],
    time: TableTime | null,
    report: Report,
    marks: Marks,
    series: Several | null = null,
  ) {
    this.#body = body;
    this.columns = columns;
    this.time = time;
    this.#report = report;
    this.#marks = marks;
    this.series = series;
    this.#places = new Map(columns.map(({ name }, place) => [name, place]));
  }

  get rows(): number {
    return this.#body.length;
  }

  /** What was guessed, passed over or left out, a line each */
  get notes(): readonly string[] {
    return this.#report.notes;
  }

  /** What was found and could be read otherwise, as options: another part of the same data is then read alike */
  get found(): TableOptions {
    return this.#report.found;
  }

  /** @throws RangeError for a name that there is not, with the one that was probably meant */
  column(name: string): Column {
    return this.columns[this.#place(name)];
  }

  #place(name: string): number {
    const place = this.#places.get(name);
    if (place !== undefined) return place;
    const names = this.columns.map(each => each.name);
    const meant = closest(name, names);
    const hint = meant === undefined ? "" : `, did you mean ${describe(meant)}?`;
    throw this.#report.error(
      `there is no column ${describe(name)}${hint}${hint ? " C" : "; c"}olumns are ${listed(names)}` +
        oneColumn(this, this.#report.option("delimiter", ":")),
    );
  }

  /**
   * The numbers of a column, NaN where one is missing.
   *
   * @throws RangeError where a cell is no number; the message shows it and its line
   */
  numbers(name: string): Float64Array {
    const { values, bad, kind } = this.column(name);
    if (values && !bad) return values;
    if (kind === "time") throw this.#report.error("expected numbers, it holds times", { column: name });
    if (!bad) throw this.#report.error("it has no values", { column: name });
    const remedy = values ? `; if that marks a missing value, ${this.#report.option("na", bad.text)}` : "";
    throw this.#report.error(`expected a number, got ${describe(bad.text)}${remedy}`, { column: name, line: bad.line });
  }

  /** The words of a column, null where one is missing. */
  words(name: string): (string | null)[] {
    return this.text(name).map(cell => (this.#marks.has(cell) ? null : cell));
  }

  /** The cells of a column as they stand. */
  text(name: string): string[] {
    return this.#body.texts(this.#place(name));
  }

  /** Some of the rows, in their order: a table of its own. */
  pick(rows: ArrayLike<number>): Table {
    const take = (values: Float64Array) => Float64Array.from(rows, row => values[row]);
    const { time } = this;
    return new Table(
      this.#body.pick(rows),
      this.columns.map(column => (column.values ? { ...column, values: take(column.values) } : column)),
      time && new TableTime(time.columns, take(time.values), time.offsets && take(time.offsets), time.form),
      this.#report,
      this.#marks,
    );
  }

  /** The line of the text on which a row, from 0, stands. */
  line(row: number): number {
    return this.#body.line(row);
  }
}

/**
 * For errors: that lines were not cut into cells, where that is likely the cause.
 *
 * @param example how the option is written
 */
export function oneColumn({ columns }: Pick<Table, "columns">, example: string): string {
  const [first, ...others] = columns;
  if (others.length > 0 || first.kind === "number" || !/[^\w\s.-]/.test(first.name)) return "";
  return `; lines were taken as one cell each: if a character stands between cells, name it, as in ${example}`;
}

/** Names for an error; of many the first. */
export function listed(names: readonly string[]): string {
  const more = names.length > MOST_LISTED ? `, and ${names.length - MOST_LISTED} more` : "";
  return `${names.slice(0, MOST_LISTED).map(describe).join(", ")}${more}`;
}
