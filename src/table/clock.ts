/** Clocks that are put forward in spring and back in autumn: an hour that is left out, and one that comes twice. */
import { HOUR } from "./dateCell.ts";

/**
 * How far each row's clock is ahead of the last row's, in minutes, where the clock was changed; undefined where a step
 * backwards is no such change.
 *
 * @param wall times as written, from the oldest row to the newest
 */
export function clockChanges(wall: Float64Array): Float64Array | undefined {
  const steps: number[] = [];
  for (let i = 1; i < wall.length && steps.length < 1000; i++)
    if (wall[i] > wall[i - 1]) steps.push(wall[i] - wall[i - 1]);
  const step = steps.sort((a, b) => a - b)[steps.length >> 1];
  if (!(step <= HOUR)) return undefined;
  const changes: [row: number, minutes: number][] = [];
  let hasAutumn = false;
  for (let row = 1; row < wall.length; row++) {
    const passed = wall[row] - wall[row - 1];
    if (passed > 0 && passed !== step + HOUR) continue;
    const isChange = isChangeDay(wall[row]);
    if (passed <= 0) {
      if (!isChange || passed + HOUR <= 0 || (passed + HOUR) % step !== 0) return undefined;
      changes.push([row, 60]);
      hasAutumn = true;
    } else if (isChange) changes.push([row, -60]);
  }
  if (!hasAutumn) return undefined;
  const ahead = new Float64Array(wall.length);
  for (const [row, minutes] of changes) for (let i = 0; i < row; i++) ahead[i] += minutes;
  return ahead;
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

/** A Sunday in the months of change, in the night. */
function isChangeDay(wall: number): boolean {
  const date = new Date(wall);
  return date.getUTCDay() === 0 && date.getUTCHours() <= 4 && [2, 3, 8, 9, 10].includes(date.getUTCMonth());
}
