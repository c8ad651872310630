/** Letters and words in a date. A next form is an entry of LETTERS or of WORDS. */
import { isDigit } from "./characters.ts";
import type { DateParts } from "./dateParts.ts";
import { meaningOf, zoneOf } from "./dateWords.ts";
import { HOUR } from "./days.ts";

/** A word, and where in a text it stands: [begin, end) in [from, to). */
interface Place {
  readonly word: string;
  readonly text: string;
  readonly from: number;
  readonly begin: number;
  readonly end: number;
  readonly to: number;
}

/** Takes note of what it means. Returns where that ends, -1 where the cell is no date, undefined for what has another form. */
type Form = (parts: DateParts, place: Place) => number | undefined;

const digitAt = ({ text, to }: Place, i: number): number => {
  const code = i < to ? text.charCodeAt(i) : 0;
  return isDigit(code) ? code - 48 : -1;
};

/** Whether a number that follows is the first beside a year at most. */
const isBesideYear = ({ count, digits }: DateParts): boolean => count === 0 || (count === 1 && digits[0] === 4);

/** T1 2024, 2024-H1: a part of the year by one digit. */
const partOfYear =
  (part: "quarter" | "half", most: number): Form =>
  (parts, place) => {
    const digit = digitAt(place, place.end);
    const isLone = parts.quarter + parts.half === 0 && digitAt(place, place.end + 1) < 0;
    if (!(digit >= 1 && digit <= most) || !isLone || !isBesideYear(parts)) return undefined;
    parts[part] = digit;
    return place.end + 1;
  };

/** 1Q2024, 2024-1Q: the number before the letter. */
const quarterBefore: Form = (parts, { end }) => {
  const { count, digits, numbers, quarter } = parts;
  const isFirst = count === 1 && digits[0] === 1 && quarter === 0;
  if (!isFirst && !(count === 2 && digits[0] === 4 && digits[1] === 1)) return undefined;
  parts.count--;
  parts.quarter = numbers[parts.count];
  return parts.quarter < 1 || parts.quarter > 4 ? -1 : end;
};

/** Q1 */
const quarterBehind: Form = (parts, place) => {
  const digit = digitAt(place, place.end);
  if (!(digit >= 1 && digit <= 4) || parts.quarter > 0) return undefined;
  parts.quarter = digit;
  return digitAt(place, place.end + 1) < 0 ? place.end + 1 : -1;
};

/** W05 */
const weekBehind: Form = (parts, place) => {
  const [first, second] = [digitAt(place, place.end), digitAt(place, place.end + 1)];
  if (first < 0 || parts.week > 0 || !isBesideYear(parts)) return undefined;
  parts.week = second < 0 ? first : 10 * first + second;
  return parts.week < 1 || parts.week > 53 ? -1 : place.end + (second < 0 ? 1 : 2);
};

/** 2024-01-31T14:30 */
const betweenDateAndTime: Form = (parts, { end }) => {
  if (parts.count === 0) return undefined;
  parts.hasT = true;
  return end;
};

/** 14:30Z */
const utc: Form = (parts, { end }) => {
  if (!parts.hasTime) return undefined;
  parts.offset = 0;
  return end;
};

/** 2024M01, M01-2024; and the m of 9:00 a. m. */
const beforeMonth: Form = (parts, place) =>
  parts.hasTime || (parts.count <= 1 && digitAt(place, place.end) >= 0) ? place.end : undefined;

/** Letters that stand by themselves: the first form that fits. */
const LETTERS: Readonly<Record<string, readonly Form[]>> = {
  h: [partOfYear("half", 2)],
  m: [beforeMonth],
  q: [quarterBefore, quarterBehind],
  s: [partOfYear("half", 2)],
  t: [partOfYear("quarter", 4), betweenDateAndTime],
  w: [weekBehind],
  z: [utc],
};
const BY_CODE = Array.from({ length: 26 }, (_, i) => LETTERS[String.fromCharCode(97 + i)]);

/** 14:30 CET */
const zone: Form = (parts, { word, end }) => {
  const offset = parts.hasTime ? zoneOf(word) : undefined;
  if (offset === undefined) return undefined;
  parts.offset = offset;
  return end;
};

/** 2:30 pm, 9 PM */
const halfOfDay: Form = (parts, { word, end }) => {
  if (word.length > 2 || !/^[ap]m?$/i.test(word)) return undefined;
  if (!parts.hasTime) {
    if (parts.count !== 1 || parts.month > 0 || parts.digits[0] > 2) return undefined;
    parts.count = 0;
    if (!parts.setTime(parts.numbers[0], 0, 0, 0, 4)) return -1;
  }
  const hour = Math.floor(parts.time / HOUR);
  if (hour < 1 || hour > 12) return -1;
  parts.time += ((hour % 12) + (/^p/i.test(word) ? 12 : 0) - hour) * HOUR;
  return end;
};

const ROMAN = ["I", "II", "III", "IV"];

/** III/2024 */
const romanQuarter: Form = (parts, { word, end }) => {
  const isOne = (word.charCodeAt(0) | 32) === 105; // each begins with an i
  if (!isOne || parts.count > 1 || parts.quarter + parts.month > 0) return undefined;
  const at = ROMAN.indexOf(word.toUpperCase());
  if (at < 0) return undefined;
  parts.quarter = at + 1;
  return end;
};

/** Months, weekdays, and what a number beside them is. */
const known: Form = (parts, { word, text, from, begin, end }) => {
  const meaning = meaningOf(word);
  if (meaning === undefined) return undefined;
  if (typeof meaning !== "number") {
    if (meaning !== "filling") parts.unit = meaning;
    return end;
  }
  const isTuesday = parts.count < 2 && /^mar\b/i.test(text.slice(from, from + 4)); // mar. 5 enero
  const isRange = parts.count === 0 && "-/–".includes(text[begin - 1]); // Jan-Mar 2024
  if (parts.month > 0 && parts.until === 0 && isRange) parts.until = meaning;
  else if (parts.month > 0 && !isTuesday) return -1;
  else parts.month = meaning;
  return end;
};

const WORDS: readonly Form[] = [zone, halfOfDay, romanQuarter, known];

/** Reads the word text[begin, end); where it ends, with digits that belong to it, or -1 where the cell is no date. */
export function readName(parts: DateParts, text: string, from: number, begin: number, end: number, to: number): number {
  const place = { word: text.slice(begin, end), text, from, begin, end, to };
  const forms = end - begin === 1 ? BY_CODE[(text.charCodeAt(begin) | 32) - 97] : undefined;
  return firstOf(forms ?? [], parts, place) ?? firstOf(WORDS, parts, place) ?? -1;
}

function firstOf(forms: readonly Form[], parts: DateParts, place: Place): number | undefined {
  for (const form of forms) {
    const end = form(parts, place);
    if (end !== undefined) return end;
  }
  return undefined;
}
