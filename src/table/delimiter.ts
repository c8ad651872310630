/** Which character stands between cells: the one that makes lines of equal length, of cells that mean something. */
import { type Cells, cut } from "./cells.ts";
import { lookOf } from "./looks.ts";
import type { Marks } from "./marks.ts";

export const DELIMITERS = [",", ";", "\t", "|", " "] as const;

/** What few programs write between cells: taken where all lines agree, and nothing usual does as well. */
const RARE = ["^", "~", "\u0001", "\u001f", ":"] as const;

/** By how much it must be better than one on which lines agree too */
const BETTER = 1.2;

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
    const score = scoreOf(text, delimiter, marks);
    if (score > most + 1e-9) [best, most] = [delimiter, score];
  }
  const isUsual = most > 0 && isAgreed(text, best, marks);
  for (const delimiter of RARE) {
    if (!text.slice(0, 1 << 14).includes(delimiter) || !isAgreed(text, delimiter, marks)) continue;
    // Times have colons too: they separate cells only where nothing else may.
    if (delimiter === ":" && isUsual && best !== " ") continue;
    const score = scoreOf(text, delimiter, marks);
    if (score > (isUsual ? BETTER : 1) * most) [best, most] = [delimiter, score];
  }
  return best === "," && isOneColumn(text) ? NONE : best;
}

/** 0 where there is one cell a line; else how many lines are alike, times how many of their cells mean something. */
function scoreOf(text: string, delimiter: string, marks: Marks): number {
  const cells = cut(text, delimiter, SAMPLE);
  const { count, share } = usualCount(cells);
  if (count < 2) return 0;
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
  return share * (0.1 + known / all) * (delimiter === " " ? 0.8 : 1);
}

/** So many lines have as many cells: what stands above and below a table has not. */
const AGREED = 0.9;

/** Whether lines have as many cells, the names among them, and most are no times as they stand. */
function isAgreed(text: string, delimiter: string, marks: Marks): boolean {
  const cells = cut(text, delimiter, SAMPLE);
  const { count, share } = usualCount(cells);
  if (cells.rows < 3 || count < 2 || share < AGREED) return false;
  let first = 0;
  while (cells.count(first) !== count) first++;
  // Below a title stand names. A row of data there has its names above it, in one cell.
  if (first > 0 && cells.row(first).some(cell => ["number", "date"].includes(lookOf(cell, marks)))) return false;
  const lines = text.slice(0, 1 << 14).split(/[\r\n]+/, SAMPLE);
  const times = lines.filter(line => lookOf(line.trim(), marks) === "date");
  return times.length < lines.length / 2;
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
