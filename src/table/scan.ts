/** A first look at all cells of a column, as plain numbers; most columns need no other. */
import type { Body } from "./body.ts";
import type { Marks } from "./marks.ts";
import { parsePlain } from "./numbers.ts";

export interface Scan {
  /** The plain numbers; NaN in all other rows */
  values: Float64Array;
  numbers: number;
  missing: number;
  /** Cells that are neither, and the rows of the first of them */
  others: number;
  firstOthers: number[];
}

const SHOWN = 50;

export function scan(body: Body, column: number, marks: Marks): Scan {
  const { cells, rows } = body;
  const { text } = cells;
  const values = new Float64Array(rows.length);
  const result: Scan = { values, numbers: 0, missing: 0, others: 0, firstOthers: [] };
  for (let i = 0; i < rows.length; i++) {
    const from = cells.start(rows[i], column);
    const to = cells.end(rows[i], column);
    let value = from === to ? NaN : parsePlain(text, from, to);
    if (!Number.isNaN(value)) {
      if (marks.numbers.includes(value)) {
        result.missing++;
        value = NaN;
      } else result.numbers++;
    } else if (from === to || marks.has(text.slice(from, to))) result.missing++;
    else {
      result.others++;
      if (result.firstOthers.length < SHOWN) result.firstOthers.push(i);
    }
    values[i] = value;
  }
  return result;
}
