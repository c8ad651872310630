/** Tables whose names are times: a series in each row, or a year in each row with its months side by side. */
import { describe } from "../describe.ts";
import { DateCell } from "./dateCell.ts";
import { meaningOf } from "./dateWords.ts";

/** Columns in a row that are named so */
const LEAST = 4;

/** The time that a name is, as a number that rises; NaN for another name. */
function timeOf(name: string, cell: DateCell): number {
  if (/^(1[5-9]|2[01])\d\d$/.test(name)) return Date.UTC(Number(name), 0, 1);
  const isDate = /\d/.test(name) && ["mdy", "dmy"].some(order => cell.read(name, 0, name.length, order as "mdy"));
  return isDate && cell.hasDate ? cell.wall : Number.NaN;
}

/** From where to where most names of columns rise by the step that is wanted. */
function longestRun(values: readonly number[], goesOn: (step: number) => boolean): [from: number, to: number] {
  let best: [number, number] = [0, 0];
  let from = 0;
  for (let i = 1; i <= values.length; i++) {
    if (i < values.length && goesOn(values[i] - values[i - 1])) continue;
    if (i - from > best[1] - best[0]) best = [from, i];
    from = i;
  }
  return best;
}

/** What is to be said of names that are times; undefined where few are. */
export function sayTimesInNames(names: readonly string[]): string | undefined {
  const cell = new DateCell();
  const times = names.map(name => timeOf(name, cell));
  const months = names.map(name => {
    const meaning = meaningOf(name.replace(/\.$/, ""));
    return typeof meaning === "number" ? meaning : Number.NaN;
  });
  const runs = [longestRun(times, step => step > 0), longestRun(months, step => step === 1)];
  for (const [place, [from, to]] of runs.entries()) {
    if (to - from < LEAST || 2 * (to - from) < names.length) continue;
    const [first, last] = [names[from], names[to - 1]].map(describe);
    return place === 0
      ? `the columns ${first} to ${last} are named by times, so that a row holds a series: turn the table, a row for each time`
      : `the columns ${first} to ${last} are months: for one series of all months give each a row of its own`;
  }
  return undefined;
}
