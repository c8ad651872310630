/** The time of a table's rows. */
import { DAY, HOUR } from "./days.ts";
import type { Rhythm } from "./foundRhythm.ts";
import { findGaps, type Gap } from "./gaps.ts";
import { rhythmOf } from "./rhythm.ts";
import { showWall, type TimeForm } from "./showTime.ts";

export class TableTime {
  /** The columns that hold it */
  readonly columns: readonly string[];
  /** Milliseconds since 1970 of each row, rising. In UTC, if the table tells offsets; else its clock is taken for that. */
  readonly values: Float64Array;
  /** Minutes by which the clock of each row is ahead of `values` */
  readonly offsets: Float64Array | undefined;
  readonly form: TimeForm;
  readonly rhythm: Rhythm;
  /** Where rows are missing */
  readonly gaps: readonly Gap[];
  readonly #isByClock: boolean;

  constructor(columns: readonly string[], values: Float64Array, offsets: Float64Array | undefined, form: TimeForm) {
    this.columns = columns;
    this.values = values;
    this.offsets = offsets;
    this.form = form;
    const n = values.length;
    const [rest, last] = [this.wall(), offsets?.[n - 1] ?? 0];
    // Days are as long as the clock says, hours are not.
    this.#isByClock = n > 1 && (values[n - 1] - values[0]) / (n - 1) >= DAY - 2 * HOUR;
    const steps = this.#isByClock ? rest : values.map(time => time + last * 6e4);
    this.rhythm = rhythmOf(steps);
    this.gaps = findGaps(steps, this.rhythm);
  }

  /** Times on the clock of the place, in milliseconds. */
  wall(): Float64Array {
    const { values, offsets } = this;
    return offsets ? values.map((time, row) => time + offsets[row] * 6e4) : values;
  }

  /** The time of a row, in ISO 8601, as fine as the table has it. */
  show(row: number): string {
    const offset = this.offsets?.[row] ?? 0;
    return showWall(this.values[row] + offset * 6e4, offset, this.form);
  }

  /**
   * The times after the last row.
   *
   * @param n how many
   * @param row after which row, the last unless given
   */
  next(n: number, row = this.values.length - 1): { value: number; wall: number; text: string }[] {
    const offset = this.offsets?.[row] ?? 0;
    const last = this.values[row] + offset * 6e4;
    return Array.from({ length: n }, (_, i) => {
      const wall = this.rhythm.after(last, i + 1);
      return { value: wall - offset * 6e4, wall, text: showWall(wall, offset, this.form) };
    });
  }
}
