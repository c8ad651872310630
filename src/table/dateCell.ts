/** One cell that holds a date, taken apart. */
import { meaningOf, zoneOf } from "./dateWords.ts";
import { DAY, daysIn, daysOf, HOUR, MINUTE, mondayOf } from "./days.ts";

/** In which order three numbers are a date, unless the first has four digits. */
export type DateOrder = "ymd" | "dmy" | "mdy" | "ydm";

/** How fine a date is, from coarse to fine. */
export const PRECISIONS = ["year", "quarter", "month", "day", "minute", "second", "millisecond"] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Longer cells are no dates */
export const LONGEST_DATE = 75;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;
const isLetter = (code: number): boolean =>
  (code >= 97 && code <= 122) ||
  (code >= 65 && code <= 90) ||
  (code >= 0xc0 && code < 0x250) ||
  (code >= 0x400 && code < 0x460);

/** What may stand between the numbers and words of a date, blanks of all widths among them. */
const BETWEEN = new Set(
  Array.from("-/.,'_ \t\u00a0\u2007\u2009\u202f\u3000\u2013年月日년월일", mark => mark.charCodeAt(0)),
);

/** Quarters */
const ROMAN = ["I", "II", "III", "IV"];

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
export class DateCell {
  /** On the clock of the place where it was written, in milliseconds from 1970 */
  wall = 0;
  /** Minutes east of UTC; NaN where the cell does not say */
  offset = NaN;
  precision = 0;
  /** Whether there is a date, or a time of the day alone */
  hasDate = false;
  /** Whether the order of day and month had to be known */
  isOrdered = false;
  /** Whether T stands between date and time */
  hasT = false;
  /** Whether it is a span, of which the begin is read */
  isSpan = false;
  /** Whether its year has two digits */
  isShort = false;
  /** Years of two digits from this one on are of the last century */
  pivot = 69;
  /** Whether what follows a time of the day and a hyphen is when a span ends, and no offset from UTC */
  hasSpans = false;

  /** Numbers before the time of the day, and how many digits they have */
  readonly #numbers = [0, 0, 0];
  readonly #digits = [0, 0, 0];
  #time = 0;
  /** Whether a comma stands between two digits, as in numbers */
  #isTight = false;

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
    let count = 0;
    let month = 0;
    let quarter = 0;
    let week = 0;
    let hasTime = false;
    let half = 0;
    let until = 0;
    let span: "quarter" | "week" | undefined;
    this.#time = 0;
    this.#isTight = false;
    this.offset = NaN;
    this.precision = -1;
    this.hasT = false;
    this.isSpan = false;
    this.isShort = false;
    let i = from;
    while (i < to) {
      const code = text.charCodeAt(i);
      if (isDigit(code)) {
        const begin = i;
        let value = 0;
        for (; i < to && isDigit(text.charCodeAt(i)); i++) value = value * 10 + (text.charCodeAt(i) - 48);
        const digits = i - begin;
        const next = i < to ? text.charCodeAt(i) : 0;
        const isDated = count === 3 || (count === 2 && month > 0);
        const isDotted =
          next === 46 && i + 2 < to && isDigit(text.charCodeAt(i + 1)) && isDigit(text.charCodeAt(i + 2));
        const isClock = next === 58 && !(count === 1 && text.charCodeAt(begin - 1) === 58); // not of 2024:01:31
        if (!hasTime && digits <= 2 && (isClock || (isDated && (isDotted || (next | 32) === 104)))) {
          i = this.#clock(text, i, to, value); // 14:30, 14.30, 14h30
          if (i < 0) return false;
          hasTime = true;
        } else if (
          !hasTime &&
          (this.hasT
            ? digits === 2 || digits === 4 || digits === 6
            : digits === 6 && count === 1 && this.#digits[0] === 8)
        ) {
          const full = digits === 2 ? value * 1e4 : digits === 4 ? value * 100 : value;
          if (!this.#set(Math.floor(full / 1e4), Math.floor(full / 100) % 100, full % 100, 0, digits === 6 ? 5 : 4)) {
            return false;
          }
          i = this.#zone(text, i, to);
          hasTime = true;
        } else if (!hasTime && isDated && digits <= 2) {
          if (!this.#set(value, 0, 0, 0, 4)) return false; // an hour
          hasTime = true;
        } else if (count === 3 || (hasTime && !(month > 0 && count === 1 && digits === 4))) return false;
        else {
          this.#numbers[count] = value;
          this.#digits[count++] = digits;
        }
      } else if (isLetter(code)) {
        const begin = i;
        while (i < to && isLetter(text.charCodeAt(i))) i++;
        const length = i - begin;
        const lower = code | 32;
        const next = i < to ? text.charCodeAt(i) : 0;
        const isLone = length === 1 && quarter + half === 0 && !(i + 1 < to && isDigit(text.charCodeAt(i + 1)));
        const isYear = count === 0 || (count === 1 && this.#digits[0] === 4);
        if (isLone && lower === 116 && next >= 49 && next <= 52 && isYear)
          quarter = text.charCodeAt(i++) - 48; // T1 2024, 2024-T1: trimestre
        else if (isLone && (lower === 104 || lower === 115) && next >= 49 && next <= 50 && isYear)
          half = text.charCodeAt(i++) - 48; // H1 2024, 2024S1
        else if (length === 1 && lower === 116 && count > 0) this.hasT = true;
        else if (length === 1 && lower === 109 && count <= 1 && !hasTime && isDigit(next))
          continue; // 2024M01, M01-2024
        else if (length === 1 && lower === 122 && hasTime) this.offset = 0;
        else if (length === 1 && lower === 113 && count === 1 && this.#digits[0] === 1 && quarter === 0) {
          quarter = this.#numbers[0]; // 1Q2024
          if (quarter < 1 || quarter > 4) return false;
          count = 0;
        } else if (length === 1 && lower === 113 && count === 2 && this.#digits[0] === 4 && this.#digits[1] === 1) {
          quarter = this.#numbers[1]; // 2024-1Q
          if (quarter < 1 || quarter > 4) return false;
          count = 1;
        } else if (length === 1 && lower === 113 && next >= 49 && next <= 52 && quarter === 0) {
          quarter = next - 48;
          i++;
          if (i < to && isDigit(text.charCodeAt(i))) return false;
        } else if (length === 1 && lower === 119 && isDigit(next) && week === 0 && isYear) {
          week = next - 48;
          i++;
          if (i < to && isDigit(text.charCodeAt(i))) week = week * 10 + (text.charCodeAt(i++) - 48);
          if (week < 1 || week > 53) return false;
        } else {
          const word = text.slice(begin, i);
          const zone = hasTime ? zoneOf(word) : undefined;
          if (zone !== undefined) this.offset = zone;
          else if (length === 1 && lower === 109 && hasTime)
            continue; // of a. m.
          else if (/^[ap]m?$/i.test(word) && (hasTime || (count === 1 && month === 0 && this.#digits[0] <= 2))) {
            if (!hasTime && !this.#set(this.#numbers[--count], 0, 0, 0, 4)) return false; // 9 PM
            hasTime = true;
            const hour = Math.floor(this.#time / HOUR);
            if (hour < 1 || hour > 12) return false;
            this.#time += ((hour % 12) + (lower === 112 ? 12 : 0) - hour) * HOUR;
          } else {
            const roman = count <= 1 && quarter + month === 0 ? ROMAN.indexOf(word.toUpperCase()) + 1 : 0;
            const meaning = roman > 0 ? "filling" : meaningOf(word);
            if (roman > 0) quarter = roman; // III/2024
            if (meaning === undefined) return false;
            if (typeof meaning === "number") {
              const isTuesday = count < 2 && /^mar\b/i.test(text.slice(from, from + 4)); // mar. 5 enero
              const isRange = count === 0 && "-/–".includes(text[begin - 1]); // Jan-Mar 2024
              if (month > 0 && until === 0 && isRange) until = meaning;
              else if (month > 0 && !isTuesday) return false;
              else month = meaning;
            } else if (meaning !== "filling") span = meaning;
          }
        }
      } else if (code === 45 && hasTime && this.hasSpans) {
        if (!new DateCell().#read(text, i + 1, to, order)) return false;
        this.isSpan = true;
        i = to;
      } else if ((code === 43 || code === 45) && hasTime) {
        const end = this.#zone(text, i, to);
        if (end === i && !isLetter(text.charCodeAt(i + 1))) return false; // 12-AM
        i = end === i ? i + 1 : end;
      } else if ((code === 40 || code === 91) && hasTime) {
        if (text.charCodeAt(to - 1) !== code + (code === 40 ? 1 : 2)) return false;
        i = to; // (Central European Time), [Europe/Berlin]
      } else if (
        code === 58 &&
        !hasTime &&
        isDigit(text.charCodeAt(i - 1)) &&
        count > 0 &&
        this.#digits.lastIndexOf(4, count - 1) >= 0
      ) {
        i++; // 2024:Q1, 2024:01:31, 31JAN2024:14:30
      } else if (BETWEEN.has(code)) {
        if (code === 44 && isDigit(text.charCodeAt(i - 1)) && isDigit(text.charCodeAt(i + 1))) this.#isTight = true;
        i++;
      } else return false;
    }
    // Week of Jan 1, 2024
    if (span !== undefined && month === 0) {
      // 1. Quartal 2024, KW 5 2024: the number of four digits is the year.
      const at = count === 2 ? this.#digits.indexOf(4) : -1;
      if (at < 0 || at > 1 || quarter + week > 0) return false;
      const own = this.#numbers[1 - at];
      if (own < 1 || own > (span === "quarter" ? 4 : 53)) return false;
      if (span === "quarter") quarter = own;
      else week = own;
      [this.#numbers[0], this.#digits[0], count] = [this.#numbers[at], 4, 1];
    }
    if (half > 0) {
      if (count !== 1 || month > 0 || hasTime || this.#digits[0] !== 4) return false;
      [this.#numbers[1], this.#digits[1], count] = [6 * half - 5, 1, 2];
    }
    if (until > 0 && (count !== 1 || this.#digits[0] !== 4 || hasTime)) return false;
    if (until > 0 && until < month) this.#numbers[0]--; // Dec-Feb 2024
    this.isSpan ||= until > 0;
    return this.#assemble(count, month, quarter, week, order, hasTime);
  }

  /** Minutes, seconds and their fraction from the colon on, or from an h; where they end, or -1. */
  #clock(text: string, colon: number, to: number, hour: number): number {
    let i = colon + 1;
    const isFull = i < to && isDigit(text.charCodeAt(i));
    const mark = text.charCodeAt(colon) === 46 ? 46 : 58;
    if (text.charCodeAt(colon) !== mark && !isFull) return this.#set(hour, 0, 0, 0, 4) ? i : -1; // 14h
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
    return this.#set(hour, minute, second, fraction, precision) ? this.#zone(text, i, to) : -1;
  }

  #set(hour: number, minute: number, second: number, fraction: number, precision: number): boolean {
    if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second + fraction > 0)) return false;
    this.#time = hour * HOUR + minute * MINUTE + second * 1000 + fraction;
    this.precision = precision;
    return true;
  }

  /** +02:00, +0200, +02 or Z right behind a time; where it ends. */
  #zone(text: string, from: number, to: number): number {
    const match = /^\s?(?:UTC|GMT)?([+-])(\d\d):?(\d\d)?/.exec(text.slice(from, Math.min(to, from + 11)));
    if (!match || (match[1] === "-" && this.hasSpans)) return from;
    const minutes = 60 * Number(match[2]) + Number(match[3] ?? 0);
    if (minutes > 16 * 60) return from;
    this.offset = match[1] === "-" ? -minutes : minutes;
    return from + match[0].length;
  }

  #assemble(
    count: number,
    monthWord: number,
    quarter: number,
    week: number,
    order: DateOrder,
    hasTime: boolean,
  ): boolean {
    const [a, b, c] = this.#numbers;
    const [la, lb, lc] = this.#digits;
    this.isOrdered = false;
    this.hasDate = true;
    let year = a;
    let yearDigits = la;
    let month = 1;
    let day = 1;
    let precision = 3;
    if (quarter > 0 || week > 0) {
      const isDay = week > 0 && count === 2 && lb === 1 && b >= 1 && b <= 7; // 2024-W05-1
      if ((count !== 1 && !isDay) || monthWord > 0 || hasTime) return false;
      if (isDay) day = b;
      month = quarter > 0 ? 3 * quarter - 2 : 1;
      precision = quarter > 0 ? 1 : 3;
    } else if (monthWord > 0) {
      month = monthWord;
      if (count === 1) precision = 2;
      else if (count === 2 && la > 2) day = b;
      else if (count === 2) {
        day = a;
        year = b;
        yearDigits = lb;
      } else return false;
    } else if (count === 3) {
      if (la > 2) {
        month = order === "ydm" ? c : b;
        day = order === "ydm" ? b : c;
      } else {
        this.isOrdered = true;
        const at = (letter: string) => order.indexOf(letter);
        year = this.#numbers[at("y")];
        yearDigits = this.#digits[at("y")];
        month = this.#numbers[at("m")];
        day = this.#numbers[at("d")];
        if (lc > 2 && at("y") !== 2) return false;
      }
    } else if (count === 2) {
      if (this.#isTight) return false; // 2024,5 is a number
      precision = 2;
      if (la === 4 && lb === 3) {
        const date = new Date(Date.UTC(a, 0, b)); // a day of the year
        if (b < 1 || date.getUTCFullYear() !== a) return false;
        [month, day, precision] = [date.getUTCMonth() + 1, date.getUTCDate(), 3];
      } else if (la === 4 && lb <= 2) month = b;
      else if (lb === 4 && la <= 2) {
        month = a;
        year = b;
        yearDigits = 4;
      } else return false;
    } else if (count === 1 && (la === 8 || la === 12 || la === 14)) {
      const date = la === 8 ? a : Math.floor(a / (la === 12 ? 1e4 : 1e6));
      year = Math.floor(date / 1e4);
      yearDigits = 4;
      month = Math.floor(date / 100) % 100;
      day = date % 100;
      if (la > 8) {
        const clock = la === 12 ? (a % 1e4) * 100 : a % 1e6;
        if (
          hasTime ||
          !this.#set(Math.floor(clock / 1e4), Math.floor(clock / 100) % 100, clock % 100, 0, la === 12 ? 4 : 5)
        )
          return false;
      }
    } else if (count === 0 && hasTime) {
      if (this.offset < 0) return false; // 14:00-15:00
      this.hasDate = false;
      this.wall = this.#time;
      return true;
    } else return false;
    this.isShort = yearDigits === 2;
    if (this.isShort) year += year < this.pivot ? 2000 : 1900;
    else if (yearDigits !== 4) return false;
    if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
    if (hasTime && precision < 3) return false;
    this.precision = Math.max(this.precision, precision);
    const days = week > 0 ? mondayOf(year, week) + day - 1 : daysOf(year, month, day);
    this.wall = days * DAY + this.#time;
    return true;
  }
}
