/** Columns of numbers that count days: as Excel, astronomers and MATLAB do. */
import { DAY, MINUTE } from "./days.ts";
import type { NumberTime } from "./numberTime.ts";

/** Days as astronomers and MATLAB count them, by the names of their columns: how many there are to 1970 */
const DAY_COUNTS: readonly (readonly [name: RegExp, days: number, what: string])[] = [
  [/^(jd|julian_?date)$/i, 2_440_587.5, "in Julian days"],
  [/^mjd$/i, 40_587, "in modified Julian days"],
  [/^date_?num$/i, 719_529, "in days as MATLAB counts them"],
];

/** Days whose count the name of their column tells. */
export function countedDays(name: string, values: Float64Array): NumberTime | undefined {
  const count = DAY_COUNTS.find(([title]) => title.test(name));
  if (!count) return undefined;
  const found = timeOf(values, count[1], count[2]);
  return found.wall.every(time => time > FIRST && time < LAST) ? found : undefined;
}

export const daysOfExcel = (values: Float64Array): NumberTime => timeOf(values, 25_569, "in days as Excel counts them");

function timeOf(values: Float64Array, to1970: number, what: string): NumberTime {
  const wall = inMinutes(
    values.map(value => Math.round((value - to1970) * 86_400) * 1000),
    values,
  );
  return { wall, precision: wall.every(time => time % DAY === 0) ? "day" : "second", offset: false, what };
}

const [FIRST, LAST] = [Date.UTC(1800, 0, 1), Date.UTC(2200, 0, 1)];

/** Days with few decimals, 0.0417 for an hour, are as fine as those: whole minutes, where all are near to one. */
function inMinutes(wall: Float64Array, days: Float64Array): Float64Array {
  const digits = [0, 1, 2, 3, 4].find(count => days.every(day => Math.abs(day - Number(day.toFixed(count))) < 1e-9));
  if (digits === undefined) return wall;
  const minutes = wall.map(time => Math.round(time / MINUTE) * MINUTE);
  const most = (0.5 * DAY) / 10 ** digits + 1000;
  return wall.every((time, row) => Math.abs(time - minutes[row]) <= most) ? minutes : wall;
}
