/** Numbers in a date: parts of it, or a time of the day. */
import { isDigit } from "./characters.ts";
import type { DateParts } from "./dateParts.ts";
import { readClock, readZone } from "./timeOfDay.ts";

/** Reads one, to the end of the time that it begins; where that ends, or -1 where the cell is no date. */
export function readNumber(parts: DateParts, text: string, begin: number, to: number): number {
  let i = begin;
  let value = 0;
  for (; i < to && isDigit(text.charCodeAt(i)); i++) value = value * 10 + (text.charCodeAt(i) - 48);
  const digits = i - begin;
  if (!parts.hasTime) {
    if (digits <= 2 && beginsClock(parts, text, begin, i, to)) return readClock(parts, text, i, to, value);
    if (isCompact(parts, digits)) return parts.setDigits(value, digits) ? readZone(parts, text, i, to) : -1;
    if (digits <= 2 && isDated(parts)) return parts.setTime(value, 0, 0, 0, 4) ? i : -1; // an hour
  } else if (!(parts.month > 0 && parts.count === 1 && digits === 4)) return -1; // Jan 31 14:30 2024
  if (parts.count === 3) return -1;
  parts.numbers[parts.count] = value;
  parts.digits[parts.count++] = digits;
  return i;
}

/** Whether day, month and year are there. */
const isDated = ({ count, month }: DateParts): boolean => count === 3 || (count === 2 && month > 0);

/** Whether what follows an hour is its minutes: 14:30, and behind a date 14.30, 14h30, 14h. */
function beginsClock(parts: DateParts, text: string, begin: number, end: number, to: number): boolean {
  const next = end < to ? text.charCodeAt(end) : 0;
  if (next === 58) return parts.count !== 1 || text.charCodeAt(begin - 1) !== 58; // not of 2024:01:31
  if (next === 46) {
    const hasTwo = end + 2 < to && isDigit(text.charCodeAt(end + 1)) && isDigit(text.charCodeAt(end + 2));
    return hasTwo && isDated(parts);
  }
  return (next | 32) === 104 && isDated(parts);
}

/** Whether digits are a time without marks: behind T, or 20240131-143000. */
const isCompact = ({ hasT, count, digits }: DateParts, own: number): boolean =>
  hasT ? own === 2 || own === 4 || own === 6 : own === 6 && count === 1 && digits[0] === 8;
