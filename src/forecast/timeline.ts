/** The rows of a series in even steps: where few are missing, empty ones stand for them; where many are, it breaks. */
import type { Table } from "../table/index.ts";

export interface Timeline {
  /** For each row of the series the row of the table, or -1 where it is missing */
  rows: Int32Array;
  /** On the clock of the place, in milliseconds; null for a table without times */
  wall: Float64Array | null;
  /** Rows before which many are missing: no window goes across */
  breaks: number[];
  /** What a row is called: its time, or its number */
  name(row: number): string;
}

/** @param longest rows that may be missing one after the other without a break */
export function timelineOf(table: Pick<Table, "rows" | "time">, longest: number): Timeline {
  const { time } = table;
  const rows: number[] = [];
  const walls: number[] = [];
  const breaks: number[] = [];
  const clock = time?.wall();
  let gap = 0;
  for (let row = 0; row < table.rows; row++) {
    if (time && clock && time.gaps[gap]?.row === row) {
      const { missing } = time.gaps[gap++];
      if (missing > longest || !time.rhythm.isRegular) breaks.push(rows.length);
      else {
        for (let i = 1; i <= missing; i++) {
          rows.push(-1);
          walls.push(time.rhythm.after(clock[row - 1], i));
        }
      }
    }
    rows.push(row);
    if (clock) walls.push(clock[row]);
  }
  const numbers = Int32Array.from(rows);
  const before = (row: number) => {
    let from = row;
    while (numbers[from] < 0) from--;
    return from;
  };
  return {
    rows: numbers,
    wall: clock ? Float64Array.from(walls) : null,
    breaks,
    name(row) {
      if (!time) return `row ${row + 1}`;
      const from = before(row);
      return from === row ? time.show(numbers[row]) : time.next(row - from, numbers[from])[row - from - 1].text;
    },
  };
}
