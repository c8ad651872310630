/** Columns of words, and of yes and no: for each word a column of 0 and 1 is learned from. */
import { describe } from "../describe.ts";
import type { Table } from "../table/index.ts";
import { yesOrNo } from "../table/words.ts";
import { warnOnce } from "../warn.ts";

export interface Category {
  column: string;
  /** Each has a column of its own; null: yes and no, which are one */
  words: string[] | null;
}

/** Of the columns of a table those that hold words, or yes and no. */
export function categoriesOf(table: Table, names: readonly string[]): Category[] {
  return names.flatMap((name): Category[] => {
    const { kind, words } = table.column(name);
    if (kind === "boolean") return [{ column: name, words: null }];
    return words ? [{ column: name, words: [...words] }] : [];
  });
}

/** How many columns it is learned from as. */
export const widthOf = ({ words }: Category): number => words?.length ?? 1;

/**
 * Its columns of 0 and 1. A word that was not learned from, which is said, and a missing one are 0 in all of them; a missing
 * yes or no is NaN.
 */
export function flagsOf(table: Table, { column, words }: Category): Float64Array[] {
  const cells = table.words(column);
  if (words === null) {
    return [Float64Array.from(cells, cell => (cell === null ? Number.NaN : (yesOrNo(cell) ?? unknown(cell, column))))];
  }
  const places = new Map(words.map((word, i) => [word, i]));
  const flags = words.map(() => new Float64Array(cells.length));
  cells.forEach((cell, row) => {
    if (cell === null) return;
    const place = places.get(cell);
    if (place === undefined) unknown(cell, column);
    else flags[place][row] = 1;
  });
  return flags;
}

function unknown(word: string, column: string): number {
  warnOnce(
    `column ${describe(column)}: ${describe(word)} is a word that was not there when it was learned from; it counts as none ` +
      "of those known",
  );
  return Number.NaN;
}
