/** Which columns of a table are the time of its rows. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import { DAY, type DateOrder, daysIn, daysOf, HOUR, MINUTE, mondayOf, PRECISIONS } from "./dateCell.ts";
import { type Dates, readDates } from "./dates.ts";
import { meaningOf } from "./dateWords.ts";
import type { Marks } from "./marks.ts";
import type { Report } from "./report.ts";
import type { Scan } from "./scan.ts";
import type { TimeForm } from "./showTime.ts";

/** The times of the rows as the table has them, in the order of its rows. */
export interface FoundTime extends TimeForm {
  columns: number[];
  wall: Float64Array;
  /** Minutes east of UTC; undefined where the table does not say */
  offsets: Float64Array | undefined;
}

interface Search {
  body: Body;
  scans: readonly Scan[];
  marks: Marks;
  report: Report;
  order: DateOrder | undefined;
}

/**
 * @param asked the columns that the user names; undefined: to be found
 * @param ids columns that name series, and are no times
 * @throws RangeError where a cell of the time's column is none
 */
export function findTime(
  search: Search,
  asked: readonly number[] | undefined,
  ids: readonly number[] = [],
): FoundTime | undefined {
  const { body, scans } = search;
  const all = asked ?? body.names.map((_, column) => column).filter(column => !ids.includes(column));
  const ofParts = fromParts(search, all);
  if (asked && asked.length > 1 && ofParts && ofParts.columns.length === asked.length) return ofParts;
  const texts = all.filter(column => scans[column].others > 0 && scans[column].others >= scans[column].numbers);
  const dates: Dates[] = [];
  for (const column of texts) {
    const found = readDates(body, column, search.marks, search.order);
    if (found) dates.push(found);
    if (found?.hasDate && dates.length > 8) break;
  }
  const date = dates.find(({ hasDate, missing }) => hasDate && missing === 0) ?? dates.find(({ hasDate }) => hasDate);
  if (date) return fromDates(search, date, dates, all, asked !== undefined);
  return ofParts ?? fromNumbers(search, all, asked !== undefined);
}

/** A column of dates, with a time of the day or an hour from another column if it has none. */
function fromDates(
  search: Search,
  date: Dates,
  dates: readonly Dates[],
  all: readonly number[],
  isAsked: boolean,
): FoundTime {
  const { body, marks, report } = search;
  const name = body.names[date.column];
  const bad = date.firstBad >= 0 ? date.firstBad : date.missing > 0 ? date.wall.findIndex(Number.isNaN) : -1;
  if (bad >= 0) {
    const cell = body.at(bad, date.column);
    const like = body.at(
      date.wall.findIndex(time => !Number.isNaN(time)),
      date.column,
    );
    throw report.error(
      `expected a date such as ${like}, got ${cell === "" ? "an empty cell" : describe(cell)}; correct or remove the line, ` +
        `or read the table without times (${report.option("time", "null")})`,
      { line: body.line(bad), column: name },
    );
  }
  sayOrder(search, date);
  const found: FoundTime = {
    columns: [date.column],
    wall: date.wall,
    offsets: date.offsets,
    precision: PRECISIONS[date.precision],
    separator: date.hasT ? "T" : " ",
    hasOffset: date.offsets !== undefined,
  };
  if (date.offsets?.some(Number.isNaN)) {
    throw report.error("only some of its times have an offset from UTC; give it to all or to none", { column: name });
  }
  if (date.precision > PRECISIONS.indexOf("day")) return found;
  const clock =
    dates.find(({ hasDate, missing, bad: wrong }) => !hasDate && missing === 0 && wrong === 0) ??
    dottedClock(body, all, marks);
  const hour = hourColumn(search, all);
  // Beside days that never come twice, a time of the day may be anything: how long something took.
  const isClock = isAsked || hasRepeats(date.wall) || (clock && isTimeName(body.names[clock.column]));
  if (clock && clock.column !== date.column && isClock) {
    found.columns.push(clock.column);
    found.wall = date.wall.map((day, row) => day + clock.wall[row]);
    found.precision = PRECISIONS[Math.max(clock.precision, PRECISIONS.indexOf("minute"))];
  } else if (hour !== undefined && hasRepeats(date.wall)) {
    const { values } = search.scans[hour];
    const shift = hourShift(values);
    found.columns.push(hour);
    found.wall = date.wall.map((day, row) => day + (values[row] - shift) * HOUR);
    found.precision = "minute";
  } else if (hasRepeats(date.wall)) {
    const written = clockNumbers(search, all);
    if (written !== undefined) {
      const { values } = search.scans[written];
      found.columns.push(written);
      found.wall = date.wall.map((day, row) => day + clockOf(values[row]));
      found.precision = "minute";
    }
  }
  if (found.columns.length > 1) sayColumns(search, found.columns);
  return found;
}

function sayOrder({ body, report }: Search, { column, order, isOrdered, isGuess, isSpan, proof }: Dates): void {
  if (isOrdered) report.found.dateFormat = order;
  const said = { dmy: "day first", mdy: "month first", ymd: "year first", ydm: "year, day, month" }[order];
  const name = describe(body.names[column]);
  if (isSpan) report.note(`${name}: the begin of each span is the time of its row`);
  if (isGuess) {
    const other = order === "mdy" ? "dmy" : "mdy";
    report.note(`${name}: dates are taken as ${said}; if they are not, ${report.option("dateFormat", other)}`);
  } else if (proof !== undefined) report.note(`${name}: dates are ${said}, as ${proof} shows`);
}

const sayColumns = ({ body, report }: Search, columns: readonly number[]): void =>
  report.note(`the time of a row is in ${columns.map(column => describe(body.names[column])).join(", ")}`);

const hasRepeats = (wall: Float64Array): boolean => wall.some((time, row) => row > 0 && time === wall[row - 1]);

/** A column of times such as 18.00.00. */
function dottedClock(body: Body, all: readonly number[], marks: Marks) {
  for (const column of all) {
    const wall = new Float64Array(body.length);
    let row = 0;
    for (; row < body.length; row++) {
      const match = /^(\d\d?)\.([0-5]\d)\.([0-5]\d)$/.exec(body.at(row, column));
      if (!match || Number(match[1]) > 23 || marks.has(match[0])) break;
      wall[row] = Number(match[1]) * HOUR + Number(match[2]) * MINUTE + Number(match[3]) * 1000;
    }
    if (row === body.length) return { column, wall, precision: PRECISIONS.indexOf("second") };
  }
  return undefined;
}

const NAMES = {
  year: /^(year|yr|yyyy|jahr|ann[ée]e|año|ano|anno|jaar)$/i,
  quarter: /^(quarter|qtr|q|quartal|trimestre)$/i,
  month: /^(month|mon|mnth|mth|mm|mo|monat|mois|mes|mese|maand)$/i,
  day: /^(day|dy|dd|dom|mday|day_?of_?month|tag|jour|dia|día|giorno|dag)$/i,
  week: /^((iso|calendar)_?)?(week|wk|kw|woche|kalenderwoche|semaine|semana|settimana)(_?(no|nr|num|number|of_?year))?$/i,
  yearDay: /^(doy|yday|jday|julian_?day|day_?of_?year)$/i,
  hour: /^(hour|hr|hrs|hh|h|stunde|heure|hora|ora|uur)$/i,
  minute: /^(minute|min|mins|mi|minuto|minuut)$/i,
  second: /^(second|sec|secs|ss)$/i,
};

/** Whether all rows of a column have a whole number in a range. */
function isWhole({ numbers, values }: Pick<Scan, "numbers" | "values">, low: number, high: number): boolean {
  return numbers === values.length && numbers > 0 && values.every(x => Number.isInteger(x) && x >= low && x <= high);
}

const hourColumn = ({ body, scans }: Search, all: readonly number[]): number | undefined =>
  all.find(column => NAMES.hour.test(body.names[column]) && isWhole(scans[column], 0, 24));

const CLOCK =
  /^(time|hhmm|hhmn|hr_?mn|hour_?min(ute)?|clock|zeit|uhrzeit|heure|hora|ora|uur|utc|gmt|(local|utc|gmt)_?time)$/i;

/** A column of times written as hour and minute, 30 for 00:30 and 1430 for 14:30. */
const clockNumbers = ({ body, scans }: Search, all: readonly number[]): number | undefined =>
  all.find(
    column =>
      CLOCK.test(body.names[column].trim()) &&
      isWhole(scans[column], 0, 2400) &&
      scans[column].values.every(time => time % 100 < 60) &&
      scans[column].values.some(time => time > 24),
  );

const clockOf = (time: number): number => Math.floor(time / 100) * HOUR + (time % 100) * MINUTE;

/** Hours that count from 1 to 24 are those at whose end a row is. */
const hourShift = (values: Float64Array): number => (values.includes(24) && !values.includes(0) ? 1 : 0);

/** The first columns of a table without names, where they are years and the months of each. */
function yearAndMonth({ body, scans }: Search): Partial<Record<keyof typeof NAMES, number>> | undefined {
  if (!body.names.every((name, i) => name === `column ${i + 1}`) || body.names.length < 3 || body.length < 13)
    return undefined;
  if (!isWhole(scans[0], 1500, 2200) || !isWhole(scans[1], 1, 12)) return undefined;
  const months = scans[0].values.map((year, row) => 12 * year + scans[1].values[row]);
  return months.every((month, row) => row === 0 || month === months[row - 1] + 1) ? { year: 0, month: 1 } : undefined;
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

const PERIOD = /^(period|periode|période|periodo|período)$/i;

/** M01, Q1 or W05 in every cell, as numbers. */
function lettered(body: Body, column: number, letter: "M" | "Q" | "W"): Part | undefined {
  const values = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const cell = body.at(row, column);
    if (cell[0]?.toUpperCase() !== letter || !/^\d\d?$/.test(cell.slice(1))) return undefined;
    values[row] = Number(cell.slice(1));
  }
  return { numbers: values.length, values };
}

/** Columns of years, months, days, hours. */
function fromParts(search: Search, all: readonly number[]): FoundTime | undefined {
  const { body } = search;
  const unnamed = yearAndMonth(search);
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
  const year = part("year", 1000, 2999);
  if (year === undefined) return undefined;
  const month = part("month", 1, 12);
  const quarter = month === undefined ? part("quarter", 1, 4) : undefined;
  const week = month === undefined && quarter === undefined ? part("week", 1, 53) : undefined;
  const yearDay = (month ?? quarter ?? week) === undefined ? part("yearDay", 1, 366) : undefined;
  const day = month === undefined ? undefined : part("day", 1, 31);
  const dated = day ?? yearDay;
  const hour = dated === undefined ? undefined : part("hour", 0, 24);
  const minute = hour === undefined ? undefined : part("minute", 0, 59);
  const second = minute === undefined ? undefined : part("second", 0, 59);
  const at = (column: number | undefined, row: number, none: number) =>
    column === undefined ? none : scans[column].values[row];
  const shift = hour === undefined ? 0 : hourShift(scans[hour].values);
  const clock = dated === undefined || hour !== undefined ? undefined : clockNumbers(search, all);
  const wall = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const y = at(year, row, 0);
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
  // A year alone must be the time of the rows: no two rows have the same.
  if (columns.length === 1 && new Set(wall).size < wall.length) return undefined;
  if (body.names.length === columns.length) return undefined;
  if (columns.length > 1) sayColumns(search, columns);
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

const TIME_NAME =
  /(^|[^a-z])(time|clock|hour|uhrzeit|stunde|heure|hora|timestamp|date|datetime|ts|epoch|unix|unixtime|utc|datum|zeit|period|month|day)([^a-z]|$)/i;

/** The same of columns whose numbers were not plain, such as days of Excel with a decimal comma. */
export function lateTime(
  search: Omit<Search, "scans">,
  values: readonly (Float64Array | undefined)[],
): FoundTime | undefined {
  const scans = values.map(own => ({
    values: own ?? new Float64Array(),
    numbers: own?.some(Number.isNaN) === false ? own.length : 0,
    missing: 0,
    others: 0,
    firstOthers: [],
  }));
  const all = values.flatMap((own, column) => (own ? [column] : []));
  return fromNumbers({ ...search, scans }, all, false);
}

/** Numbers that are times: 20240131, 202401, seconds or milliseconds since 1970, years with a fraction, days of Excel. */
function fromNumbers(search: Search, all: readonly number[], isAsked: boolean): FoundTime | undefined {
  const { body, scans, report } = search;
  const numeric = all.filter(column => scans[column].numbers === body.length && scans[column].numbers > 1);
  for (const column of numeric) {
    const name = body.names[column];
    const isNamed = isAsked || isTimeName(name);
    // The first column may be a time by its numbers alone, where others are left to learn from.
    if (!isNamed && (column !== 0 || body.names.length === 1)) continue;
    const found = dottedMonths(body, column) ?? timeOfNumbers(scans[column].values, isNamed);
    if (!found) continue;
    report.note(`${describe(name)} is the time of the rows, ${found.what}`);
    const { wall, precision, offset } = found;
    const offsets = offset ? new Float64Array(wall.length) : undefined;
    return { columns: [column], wall, offsets, precision, separator: offset ? "T" : " ", hasOffset: offset };
  }
  return undefined;
}

/** 05.2024 in every cell: a month and its year, which look like numbers. */
function dottedMonths(body: Body, column: number): NumberTime | undefined {
  const wall = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const match = /^(0[1-9]|1[0-2])\.(1[5-9]\d\d|2[01]\d\d)$/.exec(body.at(row, column));
    if (!match) return undefined;
    wall[row] = daysOf(Number(match[2]), Number(match[1]), 1) * DAY;
  }
  return { wall, precision: "month", offset: false, what: "written as month, year" };
}

/** Parts of a year in which decimal years may rise. */
const PARTS: readonly (readonly [name: "year" | "quarter" | "month" | "day", parts: number])[] = [
  ["year", 1],
  ["quarter", 4],
  ["month", 12],
  ["day", 365.25],
];

/** Years with a fraction, such as 1990.042, that rise by years, quarters, months or days: at their begin, or in their middle. */
function decimalYears(values: Float64Array): NumberTime | undefined {
  const steps = values.slice(1).map((value, i) => value - values[i]);
  const falls = steps[0] < 0;
  const usual = Math.abs(steps.slice().sort()[steps.length >> 1]);
  const found = PARTS.find(([, parts]) => Math.abs(usual * parts - 1) < 0.08);
  if (!found || steps.some(step => (falls ? -step : step) < usual / 2)) return undefined;
  const [precision, parts] = found;
  const daysOfYear = (year: number) => daysOf(year + 1, 1, 1) - daysOf(year, 1, 1);
  const partsIn = (year: number) => (precision === "day" ? daysOfYear(year) : parts);
  const places = values.map(value => (value - Math.floor(value)) * partsIn(Math.floor(value)));
  const inMiddle = places.filter(place => Math.abs(place - Math.floor(place) - 0.5) < 0.25).length > values.length / 2;
  const wall = values.map((value, row) => {
    const year = Math.floor(value);
    const place = inMiddle ? Math.floor(places[row]) : Math.round(places[row]);
    const month = 1 + (place * 12) / parts;
    return (precision === "day" ? daysOf(year, 1, 1) + place : monthOf(year, month)) * DAY;
  });
  if (new Set(wall).size < wall.length) return undefined;
  return { wall, precision, offset: false, what: `in years with a fraction, a ${precision} each` };
}

/** Days to the first of a month, which may be one of the next year. */
const monthOf = (year: number, month: number): number =>
  daysOf(year + Math.floor((month - 1) / 12), ((month - 1) % 12) + 1, 1);

/** Whether a column of numbers is a time, by its name and its numbers. */
export const isTime = (name: string, values: Float64Array): boolean =>
  isTimeName(name) && !values.some(Number.isNaN) && timeOfNumbers(values, true) !== undefined;

const isTimeName = (name: string): boolean => TIME_NAME.test(name.replace(/([a-z])([A-Z])/g, "$1 $2"));

interface NumberTime {
  wall: Float64Array;
  precision: TimeForm["precision"];
  /** Whether it is in UTC */
  offset: boolean;
  what: string;
}

/** 202401, 20240131, 2024013112, …: NaN for what is none. */
const compactDate = (date: number, time: number): number => {
  const [year, month, day] = [Math.floor(date / 1e4), Math.floor(date / 100) % 100, date % 100];
  const [hour, minute, second] = [Math.floor(time / 1e4), Math.floor(time / 100) % 100, time % 100];
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60;
  return isDate && second < 60 ? daysOf(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * 1000 : NaN;
};
const COMPACT = (
  [
    [6, "month", "written as year, month", n => compactDate(n * 100 + 1, 0)],
    [8, "day", "written as year, month, day", n => compactDate(n, 0)],
    [10, "minute", "written as year, month, day, hour", n => compactDate(Math.floor(n / 100), (n % 100) * 1e4)],
    [12, "minute", "written as year, month, day, hour, minute", n => compactDate(Math.floor(n / 1e4), (n % 1e4) * 100)],
    [14, "second", "written as year, month, day and time", n => compactDate(Math.floor(n / 1e6), n % 1e6)],
  ] as [number, TimeForm["precision"], string, (n: number) => number][]
).map(([digits, precision, what, read]) => ({
  // 1800 to 2200: seconds since 1970 begin with 1 or 2 too.
  low: 1800 * 10 ** (digits - 4),
  high: 2200 * 10 ** (digits - 4),
  precision,
  what,
  read,
}));

function timeOfNumbers(values: Float64Array, isNamed: boolean): NumberTime | undefined {
  const within = (low: number, high: number) => values.every(value => value >= low && value <= high);
  const rising = values.filter((value, i) => i === 0 || value >= values[i - 1]).length;
  const isOrdered = Math.max(rising, values.length - rising + 1) >= 0.9 * values.length;
  if (!isNamed && !isOrdered) return undefined;
  const isInteger = values.every(Number.isInteger);
  for (const form of isInteger ? COMPACT : []) {
    if (!within(form.low, form.high)) continue;
    const wall = values.map(form.read);
    if (!wall.some(Number.isNaN)) return { wall, precision: form.precision, offset: false, what: form.what };
  }
  if (isInteger && isNamed && within(1000, 2999) && isOrdered) {
    return { wall: values.map(year => daysOf(year, 1, 1) * DAY), precision: "year", offset: false, what: "a year" };
  }
  if (!isInteger && values.length > 2 && isOrdered && within(1000, 2999)) return decimalYears(values);
  // 1980 to 2100; a column of other numbers is not in such a range and in order.
  const units: [unit: number, name: string][] = [
    [1e3, "in seconds since 1970 (UTC)"],
    [1, "in milliseconds since 1970 (UTC)"],
    [1e-3, "in microseconds since 1970 (UTC)"],
    [1e-6, "in nanoseconds since 1970 (UTC)"],
  ];
  for (const [unit, what] of units) {
    if (!within(3.155e11 / unit, 4.1025e12 / unit)) continue;
    const wall = values.map(value => Math.round(value * unit));
    const precision = wall.some(time => time % 1000 !== 0) ? "millisecond" : "second";
    return { wall, precision, offset: true, what };
  }
  if (isNamed && isOrdered && within(15_000, 80_000)) {
    const wall = values.map(day => Math.round(((day - 25_569) * DAY) / 1000) * 1000);
    const precision = isInteger ? "day" : "second";
    return { wall, precision, offset: false, what: "in days as Excel counts them" };
  }
  return undefined;
}
