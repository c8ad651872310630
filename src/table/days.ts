/** Days of the calendar of today as numbers, and how long they are in milliseconds. */

export const MINUTE = 6e4;
export const HOUR = 36e5;
export const DAY = 24 * HOUR;

/** Days from 1970-01-01 in the calendar of today. */
export function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719468;
}

export function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

/** The Monday of a week as ISO 8601 counts them: the first has the year's first Thursday. */
export function mondayOf(year: number, week: number): number {
  const fourth = daysOf(year, 1, 4);
  return fourth - ((((fourth + 3) % 7) + 7) % 7) + 7 * (week - 1);
}
