/** Which character stands between cells: the one that makes lines of equal length, of cells that mean something. */
import { type Cells, cut } from "./cells.ts";
import { lookOf } from "./looks.ts";
import type { Marks } from "./marks.ts";

export const DELIMITERS = [",", ";", "\t", "|", " "] as const;

/** Lines that are looked at. */
const SAMPLE = 120;

/** The count of cells that most rows have, more than one where possible; and the share of rows that have it. */
export function usualCount(cells: Cells, from = 0): { count: number; share: number } {
  const times = new Map<number, number>();
  let filled = 0;
  for (let row = from; row < cells.rows; row++) {
    const count = cells.count(row);
    if (count === 1 && cells.start(row, 0) === cells.end(row, 0)) continue;
    filled++;
    times.set(count, (times.get(count) ?? 0) + 1);
  }
  let best = 1;
  for (const [count, n] of times) {
    const most = times.get(best) ?? 0;
    if (n > most || (n === most && count > best)) best = count;
  }
  return { count: best, share: filled > 0 ? (times.get(best) ?? 0) / filled : 0 };
}

/** @param told what the text itself says */
export function findDelimiter(text: string, marks: Marks, told: string | undefined): string {
  if (told !== undefined) return told;
  let best = ",";
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const cells = cut(text, delimiter, SAMPLE);
    const { count, share } = usualCount(cells);
    if (count < 2) continue;
    let known = 0;
    let all = 0;
    for (let row = 0; row < cells.rows; row++) {
      if (cells.count(row) !== count) continue;
      for (let column = 0; column < count; column++) {
        const look = lookOf(cells.at(row, column), marks);
        all++;
        if (look === "number" || look === "date") known++;
        else if (look === "missing") known += 0.5;
      }
    }
    // Words with blanks between them make lines of equal length by chance alone.
    const score = share * (0.1 + known / all) * (delimiter === " " ? 0.8 : 1);
    if (score > most + 1e-9) [best, most] = [delimiter, score];
  }
  return best === "," && isOneColumn(text) ? NONE : best;
}

/** A character that no text has */
const NONE = "\u0000";

/** One name, and under it nothing but whole numbers in pairs: decimal commas. */
function isOneColumn(text: string): boolean {
  const [header = "", ...rows] = text
    .slice(0, 1 << 14)
    .split(/[\r\n]+/, SAMPLE)
    .filter(line => line.trim() !== "");
  return !header.includes(",") && rows.length > 0 && rows.every(row => /^\s*[-+]?\d+(,\d+)?\s*$/.test(row));
}
