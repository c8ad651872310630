/** Columns of numbers that are dates without a mark between their parts: 20240131, 202401, 310124, and weeks such as 202405. */
import type { DateOrder } from "./dateParts.ts";
import { DAY, daysIn, daysOf, HOUR, MINUTE, mondayOf } from "./days.ts";
import { isRising, type NumberTime } from "./numberTime.ts";
import type { TimeForm } from "./showTime.ts";

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

/** Dates that begin with their year, of which the number of digits shows how fine they are. */
export function compactDates(values: Float64Array): NumberTime | undefined {
  for (const { low, high, read, precision, what } of COMPACT) {
    if (!values.every(value => value >= low && value <= high)) continue;
    const wall = values.map(read);
    if (!wall.some(Number.isNaN)) return { wall, precision, offset: false, what };
  }
  return undefined;
}

export function compactWeeks(values: Float64Array): NumberTime | undefined {
  const isWeek = (value: number) =>
    Number.isInteger(value) && value >= 180_001 && value < 220_000 && value % 100 >= 1 && value % 100 <= 53;
  if (!values.every(isWeek) || !isRising(values)) return undefined;
  const wall = values.map(value => mondayOf(Math.floor(value / 100), value % 100) * DAY);
  return { wall, precision: "day", offset: false, what: "written as year, week" };
}

/** 31012024, 1312024, 240131, 310124: dates without a mark between, in the order that fits all and in which they rise or fall. */
export function compactIn(values: Float64Array, asked: DateOrder | undefined): NumberTime | undefined {
  if (values.length < 3 || !values.every(value => Number.isInteger(value) && value >= 10_100 && value < 1e8))
    return undefined;
  const isLong = values.some(value => value >= 1e6);
  for (const order of asked ? [asked] : (["ymd", "dmy", "mdy"] as const)) {
    if (order === "ydm" || (isLong && order === "ymd")) continue;
    const wall = values.map(value => {
      const year = isLong ? value % 1e4 : order === "ymd" ? Math.floor(value / 1e4) : value % 100;
      const rest = isLong ? Math.floor(value / 1e4) : order === "ymd" ? value % 1e4 : Math.floor(value / 100);
      const [first, second] = [Math.floor(rest / 100), rest % 100];
      const full = isLong ? year : year + (year < 69 ? 2000 : 1900);
      return compactDate(1e4 * full + (order === "dmy" ? 100 * second + first : rest), 0);
    });
    if (wall.some(Number.isNaN) || wall.some(time => time < FIRST) || !isRising(wall)) continue;
    // Six digits may be anything else that counts: a year later with each of them.
    const isDaily = wall.every((time, row) => row === 0 || Math.abs(time - wall[row - 1]) <= 31 * DAY);
    if (!isLong && !isDaily) continue;
    const what = { ymd: "year, month, day", dmy: "day, month, year", mdy: "month, day, year" }[order];
    return { wall, precision: "day", offset: false, what: `written as ${what}` };
  }
  return undefined;
}

const FIRST = Date.UTC(1800, 0, 1);
