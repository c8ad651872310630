/** A column, and what it is: decided from all of its cells. */

export type Kind = "number" | "boolean" | "time" | "words" | "empty";

export interface Column {
  readonly name: string;
  kind: Kind;
  /** A number for each row, NaN where it is missing; 0 and 1 for a column of yes and no; none for words and times */
  values: Float64Array | undefined;
  /** The different words of a column of few, sorted: they can be learned from */
  words?: readonly string[] | undefined;
  /** How many rows have no value */
  missing: number;
  /** The first cell that is no number, its line, and how many there are: asking for numbers is an error that shows it */
  bad: { line: number; text: string; count: number } | undefined;
  /** Why the column is of no use to learn from, if it is not */
  unused: string | undefined;
}
