/** Lines of a text of which it is not yet known what the table is. */
import type { Cells } from "./cells.ts";
import type { Marks } from "./marks.ts";
import type { Report } from "./report.ts";

/** Rows under the first that tell whether it holds names. */
export const SAMPLE = 60;

export interface Layout {
  cells: Cells;
  delimiter: string;
  marks: Marks;
  report: Report;
  /** Whether the first row of the table holds names; undefined: to be found */
  header: boolean | undefined;
}

export const isBlank = (cells: Cells, row: number): boolean => {
  for (let column = 0; column < cells.count(row); column++) {
    if (cells.end(row, column) > cells.start(row, column)) return false;
  }
  return true;
};

export const lines = (n: number): string => (n === 1 ? "1 line" : `${n} lines`);
