/** Tables that fit the terminal: headings over several lines where they are too wide, then a block for each row. */
import { table } from "../models/summary.ts";
import type { Io } from "./io.ts";

/** Columns of the terminal; undefined where there is none, so that nothing is made to fit. */
export const columnsOf = ({ stdout }: Io): number | undefined =>
  stdout.isTTY && stdout.columns ? stdout.columns : undefined;

/** Between two columns */
const GAP = 2;

/**
 * @param right columns that are aligned to the right
 */
export function drawTable(
  io: Io,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const most = columnsOf(io) ?? Number.POSITIVE_INFINITY;
  const cells = rows.map(row => [...row]);
  const widest = (column: number) => Math.max(0, ...rows.map(row => row[column].length));
  const full = heads.map((head, i) => Math.max(head.length, widest(i)));
  const least = heads.map((head, i) => Math.max(...head.split(" ").map(word => word.length), widest(i)));
  const total = (widths: readonly number[]) => widths.reduce((a, b) => a + b, 0) + GAP * (widths.length - 1);
  if (total(full) <= most) return table([...heads], cells, right);
  if (total(least) > most) return stacked(heads, rows, most);
  // What room there is goes to headings, from the left.
  let room = most - total(least);
  const widths = least.map((width, i) => {
    const more = Math.min(room, full[i] - width);
    room -= more;
    return width + more;
  });
  const lines = heads.map((head, i) => broken(head, widths[i]));
  const height = Math.max(...lines.map(each => each.length));
  // The last line is the table's own heading, the others stand above it.
  const level = (line: number) => lines.map(each => each[each.length - height + line] ?? "");
  const [first, ...others] = Array.from({ length: height }, (_, line) => level(line));
  const whole = table(first, [...others, ...cells], right).split("\n");
  const [rule] = whole.splice(1, 1);
  whole.splice(height, 0, rule);
  return whole.join("\n");
}

/** Words in lines of at most so many letters. */
function broken(text: string, most: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= most) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A block for each row: its first cell, and below it a line for each other one. */
function stacked(heads: readonly string[], rows: readonly (readonly string[])[], most: number): string {
  const width = Math.max(...heads.slice(1).map(head => head.length));
  return rows
    .map(([first, ...cells]) => {
      const lines = cells.flatMap((cell, i) => {
        if (cell === "") return [];
        const line = `  ${heads[i + 1].padEnd(width)}  ${cell}`;
        return line.length <= most ? [line] : [`  ${heads[i + 1]}`, `    ${cell}`];
      });
      return [heads[0] === "" ? first : `${heads[0]}: ${first}`, ...lines].join("\n");
    })
    .join("\n");
}
