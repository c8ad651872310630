/** Clocks that are put forward in spring and back in autumn: an hour that is left out, and one that comes twice. */
import { HOUR } from "./days.ts";

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

/** A Sunday in the months of change, in the night. */
export function isChangeDay(wall: number): boolean {
  const date = new Date(wall);
  return date.getUTCDay() === 0 && date.getUTCHours() <= 4 && [2, 3, 8, 9, 10].includes(date.getUTCMonth());
}
