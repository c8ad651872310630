/** The column of dates: where a row is in the year and in the day, and which dates come after the last. */
import { describe } from "../ndarray.ts";
import type { Table } from "./csv.ts";
import { CliError } from "./error.ts";

/** What a row's date says about the season. */
export type Cycle = "day" | "year";

export interface Calendar {
  /** The column of dates */
  column: string;
  /** Each gives two features: the sine and the cosine of the date's place in it */
  cycles: Cycle[];
}

const HOUR = 36e5;
const DAY = 24 * HOUR;
const YEAR = 365.25 * DAY;

const DATE =
  /^(\d{4})[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?$/;

/** Milliseconds of 2012-01-31, 2012/1/31, 2012-01, 2012-01-31 12:00, 2012-01-31T12:00:00Z; NaN for anything else. */
export function parseDate(cell: string): number {
  const match = DATE.exec(cell.trim());
  if (!match) return NaN;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part, i) => Number(part ?? (i < 3 ? 1 : 0)));
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const date = new Date(time);
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  return real ? time - zone(match[7]) : NaN;
}

/** "+01:30" -> its milliseconds */
function zone(text = "Z"): number {
  if (text === "Z") return 0;
  const minutes = 60 * Number(text.slice(1, 3)) + Number(text.slice(-2));
  return (text[0] === "-" ? -1 : 1) * minutes * 6e4;
}

/** The first column whose first cell is a date. */
export function findDateColumn(table: Table): string | undefined {
  return table.columns.find(name => !Number.isNaN(parseDate(table.text(name)[0])));
}

/**
 * The dates of a column, in milliseconds.
 *
 * @throws CliError when a cell is not a date, or the dates do not rise
 */
export function readTimes(table: Table, column: string): Float64Array {
  const cells = table.text(column);
  const where = (row: number) => `${table.path}, row ${row + 1} of the data, column ${describe(column)}`;
  let last = -Infinity;
  return Float64Array.from(cells, (cell, row) => {
    const time = parseDate(cell);
    if (Number.isNaN(time)) {
      throw new CliError(
        `${where(row)}: expected a date such as 2012-01-31 or 2012-01-31 12:00, got ${describe(cell)}`,
      );
    }
    if (time < last) {
      throw new CliError(
        `${where(row)}: ${describe(cell)} comes after ${describe(cells[row - 1])}; sort the rows, oldest first, ` +
          "with one series in a file",
      );
    }
    last = time;
    return time;
  });
}

/** The cycles that rows with these dates can teach: with several rows in each, and seen at least once in full. */
export function cyclesIn(times: Float64Array): Cycle[] {
  const span = times[times.length - 1] - times[0];
  const step = span / (times.length - 1);
  const fits = (length: number) => step > 0 && step <= length / 4 && span >= length;
  return [...(fits(DAY) ? (["day"] as const) : []), ...(fits(YEAR) ? (["year"] as const) : [])];
}

/** Sine and cosine of the date's place in each cycle. */
export function cycleFeatures(time: number, cycles: readonly Cycle[]): number[] {
  return cycles.flatMap(cycle => {
    const turn = 2 * Math.PI * (cycle === "day" ? time / DAY : yearFraction(time));
    return [Math.sin(turn), Math.cos(turn)];
  });
}

function yearFraction(time: number): number {
  const year = new Date(time).getUTCFullYear();
  const start = Date.UTC(year, 0, 1);
  return (time - start) / (Date.UTC(year + 1, 0, 1) - start);
}

/** The dates of the next n rows: as far apart as the last rows are. */
export function nextTimes(times: Float64Array, n: number): number[] {
  const last = times[times.length - 1];
  const recent = Array.from(times.slice(-32));
  const steps = recent.slice(1).map((time, i) => time - recent[i]);
  const step = steps.sort((a, b) => a - b)[steps.length >> 1] ?? DAY;
  const dates = recent.map(time => new Date(time));
  const months = step >= 28 * DAY && dates.every(date => date.getUTCDate() === dates[0].getUTCDate());
  return Array.from({ length: n }, (_, i) => {
    if (!months) return last + (i + 1) * step;
    const date = new Date(last);
    date.setUTCMonth(date.getUTCMonth() + (i + 1) * Math.round(step / (YEAR / 12)));
    return date.getTime();
  });
}

/** A time as it is written in a cell such as `like`: month, date, or date and time. */
export function showTime(time: number, like: string): string {
  const iso = new Date(time).toISOString();
  if (!/\d[T ]\d/.test(like)) return iso.slice(0, /^\d+.\d+$/.test(like.trim()) ? 7 : 10);
  return iso.slice(0, 16).replace("T", " ");
}
