/** Hours beside days: written from 0 or from 1, as fractions, or rows of a day that are counted, also where a clock is changed. */
import { describe } from "../describe.ts";
import { isChangeDay } from "./clock.ts";
import { HOUR } from "./days.ts";
import type { Search } from "./foundTime.ts";

export const HOUR_NAME = /^(hour|hr|hrs|hh|h|stunde|heure|hora|ora|uur)$/i;

/** Hours, or parts of a day, that count from 1 */
export const sayFirst = ({ body, report }: Search, column: number): void =>
  report.note(`${describe(body.names[column])} counts from 1: 1 is 00:00`);

const PERIOD_OF_DAY = /period|interval|hour|slot|stunde|heure|hora|uur|(^|[^a-z])(he|hh|sp|mtu|ptu|qh)([^a-z]|$)/i;

/** Rows that a day may have */
const PERIODS = [24, 48, 96, 144, 288, 1440];

interface Hours {
  column: number;
  /** Of each row, from 0; with a fraction where rows are less than an hour apart */
  values: Float64Array;
  step: number;
  /** What the first of a day is called */
  first: number;
}

/** A column of hours, or one that counts the rows of each day: half hours from 1 to 48. */
export function hoursIn({ body, scans }: Search, all: readonly number[], days: Float64Array): Hours | undefined {
  for (const column of all) {
    const { numbers, values } = scans[column];
    if (numbers < values.length) continue;
    const name = body.names[column];
    if (HOUR_NAME.test(name) && values.every(hour => hour >= 0 && hour <= 25)) {
      const shift = hourShift(values);
      const step = values.every(Number.isInteger)
        ? 1
        : values.reduce((least, hour) => Math.min(least, hour % 1 || 1), 1);
      return { column, values: values.map(hour => hour - shift), step, first: shift };
    }
    const step = PERIOD_OF_DAY.test(name) ? stepOf(values, days) : undefined;
    if (step !== undefined) {
      const first = values.reduce((least, value) => Math.min(least, value));
      return { column, values: values.map(value => (value - first) * step), step, first };
    }
  }
  return undefined;
}

/** The hours between rows that are counted from 0 or 1 on each day; undefined for other numbers. */
function stepOf(values: Float64Array, days: Float64Array): number | undefined {
  const lasts = new Map<number, number>();
  for (let row = 0; row < values.length; row++) {
    const isFirst = row === 0 || days[row] !== days[row - 1];
    if (!isFirst && values[row] <= values[row - 1]) return undefined;
    if (isFirst) lasts.set(days[row], 0);
    lasts.set(days[row], values[row]);
  }
  const first = values.reduce((least, value) => Math.min(least, value));
  const ends = [...lasts.values()].sort((a, b) => a - b);
  const periods = ends[ends.length >> 1] - first + 1;
  return (first === 0 || first === 1) && PERIODS.includes(periods) ? 24 / periods : undefined;
}

/**
 * Times of days and hours of each, from 0. Of a day with 25 the third, in America the second, is the hour that comes twice,
 * and one with 23 leaves an hour out.
 *
 * @param days the begin of each row's day, in milliseconds
 * @param step hours from row to row
 */
export function hoursOfDays(days: Float64Array, hours: Float64Array, step: number): Float64Array {
  const last = new Map<number, number>();
  const counts = new Map<number, number>();
  for (let row = 0; row < days.length; row++) {
    last.set(days[row], Math.max(last.get(days[row]) ?? 0, hours[row]));
    counts.set(days[row], (counts.get(days[row]) ?? 0) + 1);
  }
  const hasLong = [...last.values()].some(hour => hour >= 24);
  return days.map((day, row) => {
    const isLong = (last.get(day) ?? 0) >= 24;
    // Where hours go on counting over the change in autumn, they do so in spring.
    const isShort = hasLong && last.get(day) === 23 - step && counts.get(day) === 23 / step && isChangeDay(day);
    const change = new Date(day).getUTCMonth() > 9 ? 2 : 3;
    const hour = hours[row];
    return day + Math.round((isLong && hour >= change ? hour - 1 : isShort && hour >= 2 ? hour + 1 : hour) * HOUR);
  });
}

/** Hours that count from 1 to 24, or 25, are those at whose end a row is. */
export const hourShift = (values: Float64Array): number =>
  values.some(hour => hour >= 24) && !values.includes(0) ? 1 : 0;
