/** Rows that are missing between others. */
import type { Rhythm } from "./foundRhythm.ts";

/** Before a row, so many steps have none. */
export interface Gap {
  /** The row after the gap */
  row: number;
  /** Steps without a row */
  missing: number;
}

/** @param wall times in the order of the rows, on the clock of the place where steps are a day or more */
export function findGaps(wall: Float64Array, rhythm: Rhythm): Gap[] {
  const gaps: Gap[] = [];
  for (let row = 1; row < wall.length; row++) {
    const missing = rhythm.steps(wall[row - 1], wall[row]) - 1;
    if (missing > rhythm.tolerance) gaps.push({ row, missing });
  }
  return gaps;
}
