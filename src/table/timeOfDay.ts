/** Times of the day with their marks, and the offsets from UTC behind them. */
import { isDigit } from "./characters.ts";
import type { DateParts } from "./dateParts.ts";

/** Minutes, seconds and their fraction from the colon on, or from an h; where they end, or -1. */
export function readClock(parts: DateParts, text: string, colon: number, to: number, hour: number): number {
  let i = colon + 1;
  const isFull = i < to && isDigit(text.charCodeAt(i));
  const mark = text.charCodeAt(colon) === 46 ? 46 : 58;
  if (text.charCodeAt(colon) !== mark && !isFull) return parts.setTime(hour, 0, 0, 0, 4) ? i : -1; // 14h
  const two = () => {
    if (i + 1 >= to || !isDigit(text.charCodeAt(i)) || !isDigit(text.charCodeAt(i + 1))) return -1;
    i += 2;
    return (text.charCodeAt(i - 2) - 48) * 10 + (text.charCodeAt(i - 1) - 48);
  };
  const minute = two();
  if (minute < 0) return -1;
  let second = 0;
  let fraction = 0;
  let precision = 4;
  if (i < to && text.charCodeAt(i) === mark) {
    i++;
    second = two();
    if (second < 0) return -1;
    precision = 5;
    const point = i < to ? text.charCodeAt(i) : 0;
    if ((point === 46 || point === 44 || point === 58) && i + 1 < to && isDigit(text.charCodeAt(i + 1))) {
      let unit = 100;
      for (i++; i < to && isDigit(text.charCodeAt(i)); i++, unit /= 10) {
        fraction += (text.charCodeAt(i) - 48) * unit;
      }
      if (fraction > 0) precision = 6;
    }
  }
  return parts.setTime(hour, minute, second, fraction, precision) ? readZone(parts, text, i, to) : -1;
}

/** +02:00, +0200, +02 or Z right behind a time; where it ends. */
export function readZone(parts: DateParts, text: string, from: number, to: number): number {
  if (from >= to) return from;
  const match = /^\s?(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?/.exec(text.slice(from, Math.min(to, from + 11)));
  if (!match || (match[1] === "-" && parts.hasSpans)) return from;
  const minutes = 60 * Number(match[2]) + Number(match[3] ?? 0);
  if (minutes > 16 * 60) return from;
  parts.offset = match[1] === "-" ? -minutes : minutes;
  return from + match[0].length;
}
