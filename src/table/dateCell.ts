/** One cell that holds a date, taken apart: numbers, words, and marks between them. */
import { isBetween, isDigit, isLetter } from "./characters.ts";
import { readName } from "./dateNames.ts";
import { readNumber } from "./dateNumbers.ts";
import { type DateOrder, DateParts } from "./dateParts.ts";
import { readZone } from "./timeOfDay.ts";

/** Longer cells are no dates */
export const LONGEST_DATE = 75;

/** From one date to another, or a time of the day */
const SPAN = /^(.*\d.*?)(?: [-–—~] | (?:to|bis|until|through|au|al|tot) |[–—~]|\.\.|--)(.*\d.*)$/i;

/** Where the begin of a span ends and its end begins; undefined for a cell that is none. */
function halvesOf(cell: string): [begin: string, end: string] | undefined {
  const match = SPAN.exec(cell);
  if (match) return [match[1], match[2]];
  const middle = cell.length >> 1;
  const isEven = cell.length % 2 === 1 && (cell[middle] === "-" || cell[middle] === "/");
  return isEven ? [cell.slice(0, middle), cell.slice(middle + 1)] : undefined;
}

/** What was read of a cell; used again for the next one. */
export class DateCell extends DateParts {
  /**
   * Reads text[from, to).
   *
   * @returns whether it is a date, or a time of the day
   */
  read(text: string, from: number, to: number, order: DateOrder): boolean {
    if (text.charCodeAt(from) === 91 && text.charCodeAt(to - 1) === 93) return this.read(text, from + 1, to - 1, order);
    if (this.#read(text, from, to, order)) return true;
    if (to - from < 9) return false;
    const halves = halvesOf(text.slice(from, to));
    if (!halves) return false;
    const [begin, end] = halves.map(half => half.trim());
    if (!this.#read(end, 0, end.length, order) || !this.#read(begin, 0, begin.length, order)) return false;
    this.isSpan = true;
    return true;
  }

  #read(text: string, from: number, to: number, order: DateOrder): boolean {
    this.clear();
    for (let i = from; i < to; ) {
      const code = text.charCodeAt(i);
      if (isDigit(code)) i = readNumber(this, text, i, to);
      else if (isLetter(code)) {
        let end = i + 1;
        while (end < to && isLetter(text.charCodeAt(end))) end++;
        i = readName(this, text, from, i, end, to);
      } else i = this.hasTime ? this.#afterTime(text, i, to, order) : this.#mark(text, i);
      if (i < 0) return false;
    }
    return this.assemble(order);
  }

  /** A mark between parts of a date; where it ends, or -1. */
  #mark(text: string, at: number): number {
    const code = text.charCodeAt(at);
    const isBehindDigit = isDigit(text.charCodeAt(at - 1));
    if (code === 58) {
      // 2024:Q1, 2024:01:31, 31JAN2024:14:30
      const isBehindYear = this.count > 0 && this.digits.lastIndexOf(4, this.count - 1) >= 0;
      return isBehindDigit && isBehindYear ? at + 1 : -1;
    }
    if (code === 44 && isBehindDigit && isDigit(text.charCodeAt(at + 1))) this.isTight = true;
    return isBetween(code) ? at + 1 : -1;
  }

  /** The same behind a time of the day, with an offset from UTC, a zone, or the end of a span. */
  #afterTime(text: string, at: number, to: number, order: DateOrder): number {
    const code = text.charCodeAt(at);
    if (code === 45 && this.hasSpans) {
      if (!new DateCell().#read(text, at + 1, to, order)) return -1;
      this.isSpan = true;
      return to;
    }
    if (code === 43 || code === 45) {
      const end = readZone(this, text, at, to);
      if (end > at) return end;
      return isLetter(text.charCodeAt(at + 1)) ? at + 1 : -1; // not 12-AM
    }
    // (Central European Time), [Europe/Berlin]
    if (code === 40 || code === 91) return text.charCodeAt(to - 1) === code + (code === 40 ? 1 : 2) ? to : -1;
    return code === 58 ? -1 : this.#mark(text, at);
  }
}
