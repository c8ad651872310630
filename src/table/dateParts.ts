/** What a cell says of a date, part by part, and the date that it comes to. */
import { DAY, daysIn, daysOf, HOUR, MINUTE, mondayOf } from "./days.ts";

/** In which order three numbers are a date, unless the first has four digits. */
export type DateOrder = "ymd" | "dmy" | "mdy" | "ydm";

/** How fine a date is, from coarse to fine. */
export const PRECISIONS = ["year", "quarter", "month", "day", "minute", "second", "millisecond"] as const;
export type Precision = (typeof PRECISIONS)[number];

const [QUARTER, MONTH, IN_DAYS, MINUTES, SECONDS] = [1, 2, 3, 4, 5];

export class DateParts {
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
  readonly numbers = [0, 0, 0];
  readonly digits = [0, 0, 0];
  count = 0;
  /** What words and letters name: from 1, and 0 where they do not */
  month = 0;
  quarter = 0;
  half = 0;
  week = 0;
  /** The month that ends a span of them */
  until = 0;
  /** What a number beside it is */
  unit: "quarter" | "week" | undefined;
  hasTime = false;
  /** Milliseconds of the day */
  time = 0;
  /** Whether a comma stands between two digits, as in numbers */
  isTight = false;

  #year = 0;
  #yearDigits = 0;
  #month = 1;
  #day = 1;
  #precision: number = IN_DAYS;

  /** Before a cell is read. */
  clear(): void {
    this.offset = NaN;
    this.precision = -1;
    this.count = this.month = this.quarter = this.half = this.week = this.until = this.time = 0;
    this.hasTime = this.hasT = this.isSpan = this.isShort = this.isTight = false;
    this.unit = undefined;
  }

  /** @returns whether it is a time of the day */
  setTime(hour: number, minute: number, second: number, fraction: number, precision: number): boolean {
    if (minute > 59 || second > 59 || hour > 24 || (hour === 24 && minute + second + fraction > 0)) return false;
    this.time = hour * HOUR + minute * MINUTE + second * 1000 + fraction;
    this.precision = precision;
    this.hasTime = true;
    return true;
  }

  /** The same from digits without marks: 14, 1430 or 143000. */
  setDigits(value: number, digits: number): boolean {
    const full = digits === 2 ? value * 1e4 : digits === 4 ? value * 100 : value;
    const precision = digits === 6 ? SECONDS : MINUTES;
    return this.setTime(Math.floor(full / 1e4), Math.floor(full / 100) % 100, full % 100, 0, precision);
  }

  /** @returns whether all that was found is one date, or one time of the day */
  assemble(order: DateOrder): boolean {
    if (this.unit !== undefined && this.month === 0 && !this.#takeUnit()) return false; // not Week of Jan 1, 2024
    if (this.half > 0 && !this.#takeHalf()) return false;
    if (this.until > 0 && !this.#takeUntil()) return false;
    this.isOrdered = false;
    this.hasDate = this.count > 0;
    if (this.count === 0) return this.#isTimeAlone();
    this.#year = this.numbers[0];
    this.#yearDigits = this.digits[0];
    this.#month = this.#day = 1;
    this.#precision = IN_DAYS;
    return this.#find(order) && this.#isDay();
  }

  #find(order: DateOrder): boolean {
    if (this.quarter > 0 || this.week > 0) return this.#ofQuarterOrWeek();
    if (this.month > 0) return this.#ofNamedMonth();
    return this.count === 3 ? this.#ofThree(order) : this.count === 2 ? this.#ofTwo() : this.#ofOne();
  }

  /** 1. Quartal 2024, KW 5 2024: the number of four digits is the year. */
  #takeUnit(): boolean {
    const at = this.count === 2 ? this.digits.indexOf(4) : -1;
    if (at < 0 || at > 1 || this.quarter + this.week > 0) return false;
    const own = this.numbers[1 - at];
    if (own < 1 || own > (this.unit === "quarter" ? 4 : 53)) return false;
    if (this.unit === "quarter") this.quarter = own;
    else this.week = own;
    [this.numbers[0], this.digits[0], this.count] = [this.numbers[at], 4, 1];
    return true;
  }

  /** A half of a year is its first month. */
  #takeHalf(): boolean {
    if (this.count !== 1 || this.month > 0 || this.hasTime || this.digits[0] !== 4) return false;
    [this.numbers[1], this.digits[1], this.count] = [6 * this.half - 5, 1, 2];
    return true;
  }

  /** Dec-Feb 2024 begins in 2023. */
  #takeUntil(): boolean {
    if (this.count !== 1 || this.digits[0] !== 4 || this.hasTime) return false;
    if (this.until < this.month) this.numbers[0]--;
    this.isSpan = true;
    return true;
  }

  #isTimeAlone(): boolean {
    if (!this.hasTime || this.month + this.quarter + this.week > 0 || this.offset < 0) return false; // nor 14:00-15:00
    this.wall = this.time;
    return true;
  }

  #ofQuarterOrWeek(): boolean {
    const [, day] = this.numbers;
    const isDay = this.week > 0 && this.count === 2 && this.digits[1] === 1 && day >= 1 && day <= 7; // 2024-W05-1
    if ((this.count !== 1 && !isDay) || this.month > 0 || this.hasTime) return false;
    if (isDay) this.#day = day;
    if (this.quarter > 0) {
      this.#month = 3 * this.quarter - 2;
      this.#precision = QUARTER;
    }
    return true;
  }

  #ofNamedMonth(): boolean {
    this.#month = this.month;
    if (this.count === 1) this.#precision = MONTH;
    else if (this.count === 3) return false;
    else if (this.digits[0] > 2) this.#day = this.numbers[1];
    else {
      this.#day = this.numbers[0];
      this.#year = this.numbers[1];
      this.#yearDigits = this.digits[1];
    }
    return true;
  }

  #ofThree(order: DateOrder): boolean {
    const { numbers, digits } = this;
    if (digits[0] > 2) {
      this.#month = numbers[order === "ydm" ? 2 : 1];
      this.#day = numbers[order === "ydm" ? 1 : 2];
      return true;
    }
    this.isOrdered = true;
    const y = order.indexOf("y");
    this.#year = numbers[y];
    this.#yearDigits = digits[y];
    this.#month = numbers[order.indexOf("m")];
    this.#day = numbers[order.indexOf("d")];
    return digits[2] <= 2 || y === 2;
  }

  #ofTwo(): boolean {
    if (this.isTight) return false; // 2024,5 is a number
    const [a, b] = this.numbers;
    const [la, lb] = this.digits;
    if (la === 4 && lb === 3) {
      const date = new Date(Date.UTC(a, 0, b)); // a day of the year
      [this.#month, this.#day] = [date.getUTCMonth() + 1, date.getUTCDate()];
      return b >= 1 && date.getUTCFullYear() === a;
    }
    this.#precision = MONTH;
    if (la === 4 && lb <= 2) this.#month = b;
    else if (lb === 4 && la <= 2) {
      this.#month = a;
      this.#year = b;
      this.#yearDigits = 4;
    } else return false;
    return true;
  }

  /** 20240131, 202401311430 or 20240131143000. */
  #ofOne(): boolean {
    const [all] = this.numbers;
    const clock = this.digits[0] - 8;
    if (clock !== 0 && clock !== 4 && clock !== 6) return false;
    const date = Math.floor(all / 10 ** clock);
    this.#year = Math.floor(date / 1e4);
    this.#yearDigits = 4;
    this.#month = Math.floor(date / 100) % 100;
    this.#day = date % 100;
    return clock === 0 || (!this.hasTime && this.setDigits(all % 10 ** clock, clock));
  }

  /** Whether what was found is a day of the calendar, and no coarser than a time beside it needs. */
  #isDay(): boolean {
    this.isShort = this.#yearDigits === 2;
    if (this.isShort) this.#year += this.#year < this.pivot ? 2000 : 1900;
    else if (this.#yearDigits !== 4) return false;
    const [year, month, day] = [this.#year, this.#month, this.#day];
    if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return false;
    if (this.hasTime && this.#precision < IN_DAYS) return false;
    this.precision = Math.max(this.precision, this.#precision);
    const days = this.week > 0 ? mondayOf(year, this.week) + day - 1 : daysOf(year, month, day);
    this.wall = days * DAY + this.time;
    return true;
  }
}
