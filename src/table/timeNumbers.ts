/** Columns of numbers that are times: compact dates, Unix time, years with a fraction, days of Excel. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import { compactDates, compactIn, compactWeeks } from "./compactDates.ts";
import { countedDays, daysOfExcel } from "./dayCounts.ts";
import { DAY, daysOf } from "./days.ts";
import type { FoundTime, Search } from "./foundTime.ts";
import { isRising, isTimeName, type NumberTime, WEEK_NAME } from "./numberTime.ts";

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
export function fromNumbers(search: Search, all: readonly number[], isAsked: boolean): FoundTime | undefined {
  const { body, scans, report } = search;
  const numeric = all.filter(column => scans[column].numbers === body.length && scans[column].numbers > 1);
  for (const column of numeric) {
    const name = body.names[column];
    const hasFraction = YEAR_NAME.test(name) && !scans[column].values.every(Number.isInteger);
    const isNamed = isAsked || isTimeName(name) || WEEK_NAME.test(name) || hasFraction;
    // The first column may be a time by its numbers alone, where others are left to learn from.
    if (!isNamed && (column !== 0 || body.names.length === 1 || COUNT_NAME.test(name))) continue;
    const { values } = scans[column];
    const found =
      dottedMonths(body, column) ??
      countedDays(name, values) ??
      (WEEK_NAME.test(name) ? compactWeeks(values) : undefined) ??
      timeOfNumbers(values, isNamed) ??
      (isNamed ? (compactIn(values, search.order) ?? compactWeeks(values)) : undefined);
    if (!found) continue;
    report.note(`${describe(name)} is the time of the rows, ${found.what}`);
    const { wall, precision, offset } = found;
    const offsets = offset ? new Float64Array(wall.length) : undefined;
    return { columns: [column], wall, offsets, precision, separator: offset ? "T" : " ", hasOffset: offset };
  }
  return undefined;
}

/** 05.2024 or 2024.05 in every cell: a month and its year, which look like numbers. */
function dottedMonths(body: Body, column: number): NumberTime | undefined {
  const wall = new Float64Array(body.length);
  let isShort = false;
  let before = NaN;
  for (let row = 0; row < body.length; row++) {
    const cell = body.at(row, column);
    const ahead = /^(0[1-9]|1[0-2])\.(1[5-9]\d\d|2[01]\d\d)$/.exec(cell);
    const behind = ahead ? null : /^(1[5-9]\d\d|2[01]\d\d)\.(0[1-9]|1[0-2]?)$/.exec(cell);
    const [year, month] = ahead ? [ahead[2], ahead[1]] : behind ? [behind[1], behind[2].padEnd(2, "0")] : [];
    if (year === undefined) return undefined;
    isShort ||= behind?.[2] === "1"; // 2024.1 is October, as numbers are written
    const place = 12 * Number(year) + Number(month);
    if (isShort && row > 0 && Math.abs(place - before) !== 1) return undefined;
    before = place;
    wall[row] = daysOf(Number(year), Number(month), 1) * DAY;
    // Years with a fraction, and other numbers: 2024.01 comes once.
    if (behind && row > 0 && (wall[row] - wall[row - 1]) * (wall[1] - wall[0]) <= 0) return undefined;
  }
  const isBehind = /^\d{4}/.test(body.at(0, column));
  const what = isBehind ? "written as year, month" : "written as month, year";
  return { wall, precision: "month", offset: false, what };
}

/** Parts of a year in which decimal years may rise. */
const PARTS: readonly (readonly [name: "year" | "quarter" | "month" | "day", parts: number])[] = [
  ["year", 1],
  ["quarter", 4],
  ["month", 12],
  ["day", 365.25],
];

/** Years with a fraction, such as 1990.042, that rise by years, quarters, months or days: at their begin, or in their middle. */
function decimalYears(values: Float64Array, isNamed: boolean): NumberTime | undefined {
  const steps = values.slice(1).map((value, i) => value - values[i]);
  const falls = steps[0] < 0;
  const usual = Math.abs(steps.slice().sort()[steps.length >> 1]);
  const found = PARTS.find(([, parts]) => Math.abs(usual * parts - 1) < 0.08);
  if (!found || steps.some(step => (falls ? -step : step) < usual / 2)) return undefined;
  const [precision, parts] = found;
  // What has no name of times may rise by 1 or by 0.25, as depths do, and hardly by 0.0833.
  if (!isNamed && parts < 12) return undefined;
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

/** Of years with a fraction */
const YEAR_NAME = /(^|[^a-z])(year|jahr|decimal)([^a-z]|$)/i;

/** Numbers without a name that are each a year later, so many of them, are years: under a title of the table */
const YEARS = 20;

/** Names of what only counts */
const COUNT_NAME = /(^|[^a-z])(id|no|nr|num|number|index|idx|row|count|item|instant)([^a-z]|$)/i;

function timeOfNumbers(values: Float64Array, isNamed: boolean): NumberTime | undefined {
  const within = (low: number, high: number) => values.every(value => value >= low && value <= high);
  const isOrdered = isRising(values);
  if (!isNamed && !isOrdered) return undefined;
  const isInteger = values.every(Number.isInteger);
  const compact = isInteger ? compactDates(values) : undefined;
  if (compact) return compact;
  const step = values[1] - values[0];
  const isEach = values.length >= YEARS && values.every((year, row) => row === 0 || year - values[row - 1] === step);
  if (isInteger && isOrdered && (isNamed ? within(1000, 2999) : isEach && Math.abs(step) === 1 && within(1700, 2100))) {
    return { wall: values.map(year => daysOf(year, 1, 1) * DAY), precision: "year", offset: false, what: "a year" };
  }
  if (!isInteger && values.length > 2 && isOrdered && within(1500, 2200)) return decimalYears(values, isNamed);
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
  if (isNamed && isOrdered && within(15_000, 80_000)) return daysOfExcel(values);
  return undefined;
}
