/** Times whose parts stand in several columns: years, months, days, hours. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import { meaningOf, seasonIn } from "./dateWords.ts";
import { DAY, daysIn, daysOf, HOUR, MINUTE, mondayOf } from "./days.ts";
import type { FoundTime, Search } from "./foundTime.ts";
import { HOUR_NAME, hourShift, sayFirst } from "./hours.ts";
import { findSeries } from "./order.ts";
import type { Scan } from "./scan.ts";

export const sayColumns = ({ body, report }: Search, columns: readonly number[]): void =>
  report.note(`the time of a row is in ${columns.map(column => describe(body.names[column])).join(", ")}`);

/** Says what a season is read as, where a cell has one. */
export function saySeason(report: Search["report"], cell: string): void {
  const season = seasonIn(cell);
  if (season) report.note(`${describe(season)} is a season of three months, read as the one in the middle`);
}

const NAMES = {
  year: /^(year|yr|yyyy|jahr|ann[ée]e|año|ano|anno|jaar)$/i,
  quarter: /^(quarter|qtr|q|quartal|trimestre)$/i,
  month: /^(month|mon|mnth|mth|mm|mo|monat|mois|mes|mese|maand)$/i,
  day: /^(day|dy|dd|dom|mday|day_?of_?month|tag|jour|dia|día|giorno|dag)$/i,
  week: /^((iso|calendar)_?)?(week|wk|kw|woche|kalenderwoche|semaine|semana|settimana)(_?(no|nr|num|number|of_?year))?$/i,
  yearDay: /^(doy|yday|jday|julian_?day|day_?of_?year)$/i,
  hour: HOUR_NAME,
  minute: /^(minute|min|mins|mi|minuto|minuut)$/i,
  second: /^(second|sec|secs|ss)$/i,
};

/** Whether all rows of a column have a whole number in a range. */
function isWhole({ numbers, values }: Pick<Scan, "numbers" | "values">, low: number, high: number): boolean {
  return numbers === values.length && numbers > 0 && values.every(x => Number.isInteger(x) && x >= low && x <= high);
}

const CLOCK =
  /^(time|hhmm|hhmn|hr_?mn|hour_?min(ute)?|clock|zeit|uhrzeit|heure|hora|ora|uur|utc|gmt|(local|utc|gmt)_?time)$/i;

/** A column of times written as hour and minute, 30 for 00:30 and 1430 for 14:30. */
export const clockNumbers = ({ body, scans }: Search, all: readonly number[]): number | undefined =>
  all.find(
    column =>
      CLOCK.test(body.names[column].trim()) &&
      isWhole(scans[column], 0, 2400) &&
      scans[column].values.every(time => time % 100 < 60) &&
      scans[column].values.some(time => time > 24),
  );

export const clockOf = (time: number): number => Math.floor(time / 100) * HOUR + (time % 100) * MINUTE;

/** Columns of a table without names that are years, years and the months of each, or days too: a row for each. */
function unnamedParts({ body, scans }: Search): Partial<Record<keyof typeof NAMES, number>> | undefined {
  const n = body.names.length;
  if (!body.names.every((name, i) => name === `column ${i + 1}`) || n < 2 || body.length < 13) return undefined;
  const risesBy1 = (values: Float64Array) => values.every((value, row) => row === 0 || value === values[row - 1] + 1);
  const isYear = (column: number) => isWhole(scans[column], 1500, 2200);
  if (isYear(0) && risesBy1(scans[0].values)) return { year: 0 };
  // A number of the place may stand before them.
  for (let year = 0; year < Math.min(2, n - 2); year++) {
    const [month, day] = [year + 1, year + 2];
    if (!isYear(year) || !isWhole(scans[month], 1, 12)) continue;
    const months = scans[year].values.map((y, row) => 12 * y + scans[month].values[row]);
    if (risesBy1(months)) return { year, month };
    if (day === n - 1 || !isWhole(scans[day], 1, 31)) continue;
    const days = months.map((_, row) =>
      daysOf(scans[year].values[row], scans[month].values[row], scans[day].values[row]),
    );
    if (risesBy1(days)) return { year, month, day };
  }
  return undefined;
}

type Part = Pick<Scan, "numbers" | "values">;

/** A column of names of months, as numbers. */
function monthNames(body: Body, column: number): Part | undefined {
  const values = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const month = meaningOf(body.at(row, column).replace(/\.$/, ""));
    if (typeof month !== "number") return undefined;
    values[row] = month;
  }
  return { numbers: values.length, values };
}

const PERIOD = /^(period|periode|période|periodo|período|seas|season|saison|estación|estação|stagione|seizoen)$/i;

const ROMAN = ["I", "II", "III", "IV"];

/** M01, Q1, III or W05 in every cell, as numbers. */
function lettered(body: Body, column: number, letter: "M" | "Q" | "W"): Part | undefined {
  const values = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const cell = body.at(row, column);
    const roman = letter === "Q" ? ROMAN.indexOf(cell.toUpperCase()) + 1 : 0;
    if (roman === 0 && (cell[0]?.toUpperCase() !== letter || !/^\d\d?$/.test(cell.slice(1)))) return undefined;
    values[row] = roman || Number(cell.slice(1));
  }
  return { numbers: values.length, values };
}

/** Whether years that come again are those of several series: end to end, or with a column of words that tells them apart. */
function isSeries({ body, scans }: Search, wall: Float64Array, columns: readonly number[]): boolean {
  let restarts = 0;
  for (let row = 1; row < wall.length; row++) {
    if (wall[row] === wall[row - 1]) {
      const id = findSeries(body, wall, scans, columns);
      return id !== undefined && scans[id.column].numbers === 0;
    }
    if (wall[row] < wall[row - 1]) restarts++;
  }
  return Math.min(restarts, wall.length - 1 - restarts) <= wall.length / 10;
}

/** Columns of years, months, days, hours. */
export function fromParts(search: Search, all: readonly number[], ids: readonly number[]): FoundTime | undefined {
  const { body } = search;
  const unnamed = unnamedParts(search);
  const scans: Part[] = [...search.scans];
  const letters = { month: "M", quarter: "Q", week: "W" } as const;
  const part = (name: keyof typeof NAMES, low: number, high: number) =>
    unnamed?.[name] ??
    all.find(column => {
      const title = body.names[column];
      if (NAMES[name].test(title) && isWhole(scans[column], low, high)) return true;
      if (!(name === "month" || name === "quarter" || name === "week") || search.scans[column].numbers > 0)
        return false;
      if (!NAMES[name].test(title) && !PERIOD.test(title)) return false;
      const own = (name === "month" && monthNames(body, column)) || lettered(body, column, letters[name]);
      if (!own || !isWhole(own, low, high)) return false;
      scans[column] = own;
      return true;
    });
  const full = part("year", 1000, 2999);
  const year = full ?? part("year", 0, 99);
  if (year === undefined) return undefined;
  const month = part("month", 1, 12);
  const quarter = month === undefined ? part("quarter", 1, 4) : undefined;
  const week = month === undefined && quarter === undefined ? part("week", 1, 53) : undefined;
  const yearDay = (month ?? quarter ?? week) === undefined ? part("yearDay", 1, 366) : undefined;
  const day = month === undefined ? undefined : part("day", 1, 31);
  const dated = day ?? yearDay;
  // Of two digits are years of which months and days are told too.
  if (full === undefined && day === undefined) return undefined;
  const hour = dated === undefined ? undefined : part("hour", 0, 24);
  const minute = hour === undefined ? undefined : part("minute", 0, 59);
  const second = minute === undefined ? undefined : part("second", 0, 59);
  const at = (column: number | undefined, row: number, none: number) =>
    column === undefined ? none : scans[column].values[row];
  const shift = hour === undefined ? 0 : hourShift(scans[hour].values);
  const clock = dated === undefined || hour !== undefined ? undefined : clockNumbers(search, all);
  const wall = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const short = at(year, row, 0);
    const y = full === undefined ? short + (short < 69 ? 2000 : 1900) : short;
    const m = quarter === undefined ? at(month, row, 1) : 3 * at(quarter, row, 1) - 2;
    const d = at(day, row, 1);
    if (d > daysIn(y, m)) return undefined;
    const days = week === undefined ? daysOf(y, m, d) + at(yearDay, row, 1) - 1 : mondayOf(y, at(week, row, 1));
    wall[row] =
      days * DAY + (at(hour, row, shift) - shift) * HOUR + at(minute, row, 0) * MINUTE + at(second, row, 0) * 1e3;
    if (clock !== undefined) wall[row] += clockOf(scans[clock].values[row]);
  }
  const columns = [year, quarter, month, week, yearDay, day, hour, minute, second, clock].filter(
    column => column !== undefined,
  );
  // A year alone must be the time of the rows: no two rows have the same, unless there are several series.
  if (columns.length === 1 && new Set(wall).size < wall.length && ids.length === 0 && !isSeries(search, wall, columns))
    return undefined;
  if (body.names.length === columns.length) return undefined;
  if (columns.length > 1 || unnamed) sayColumns(search, columns);
  if (month !== undefined) saySeason(search.report, body.at(0, month));
  if (hour !== undefined && shift === 1) sayFirst(search, hour);
  const precision =
    second !== undefined
      ? "second"
      : (hour ?? clock) !== undefined
        ? "minute"
        : (dated ?? week) !== undefined
          ? "day"
          : month !== undefined
            ? "month"
            : quarter !== undefined
              ? "quarter"
              : "year";
  return { columns, wall, offsets: undefined, precision, separator: " ", hasOffset: false };
}
