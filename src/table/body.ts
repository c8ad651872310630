/** The rows of data in a text, under the names of their columns. */
import type { Cells } from "./cells.ts";

export class Body {
  readonly cells: Cells;
  readonly names: readonly string[];
  /** Which of the text's rows each row of data is */
  readonly rows: Uint32Array;

  constructor(cells: Cells, names: readonly string[], rows: Uint32Array) {
    this.cells = cells;
    this.names = names;
    this.rows = rows;
  }

  get length(): number {
    return this.rows.length;
  }

  at(row: number, column: number): string {
    return this.cells.at(this.rows[row], column);
  }

  /** Where the text of a cell begins; its end is behind its last character */
  start(row: number, column: number): number {
    return this.cells.start(this.rows[row], column);
  }

  end(row: number, column: number): number {
    return this.cells.end(this.rows[row], column);
  }

  line(row: number): number {
    return this.cells.line(this.rows[row]);
  }

  /** Some of the rows. */
  pick(rows: ArrayLike<number>): Body {
    return new Body(
      this.cells,
      this.names,
      Uint32Array.from(rows, row => this.rows[row]),
    );
  }

  /** All cells of a column, as they stand. */
  texts(column: number): string[] {
    return Array.from(this.rows, row => this.cells.at(row, column));
  }
}
