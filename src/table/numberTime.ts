/** Times that are written as numbers. */
import type { TimeForm } from "./showTime.ts";

export interface NumberTime {
  wall: Float64Array;
  precision: TimeForm["precision"];
  /** Whether it is in UTC */
  offset: boolean;
  what: string;
}

/** Whether nearly all steps go one way. */
export function isRising(values: Float64Array): boolean {
  const rising = values.filter((value, i) => i === 0 || value >= values[i - 1]).length;
  return Math.max(rising, values.length - rising + 1) >= 0.9 * values.length;
}

const TIME_NAME =
  /(^|[^a-z])(time|timestamp|date|datetime|ts|epoch|unix|unixtime|utc|yyyymmdd|yyyymm|yyyymmddhh|ymd|datum|zeit|period|month|day)([^a-z]|$)/i;

/** Whether a column is called as times are. */
export const isTimeName = (name: string): boolean => TIME_NAME.test(name.replace(/([a-z])([A-Z])/g, "$1 $2"));

/** Columns that name a week, such as 202405 */
export const WEEK_NAME = /(^|[^a-z])(year_?week|week|kw|woche|semaine|semana)([^a-z]|$)/i;
