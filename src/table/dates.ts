/** Columns of dates: one order of day, month and year for all cells. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import { DateCell, LONGEST_DATE } from "./dateCell.ts";
import { type DateOrder, PRECISIONS } from "./dateParts.ts";
import { DAY, daysOf, MINUTE, mondayOf } from "./days.ts";
import type { Marks } from "./marks.ts";
import { isRising, WEEK_NAME } from "./numberTime.ts";

export interface Dates {
  /** Whether the order of day and month had to be known */
  isOrdered: boolean;
  column: number;
  /** On the clock of the place, in milliseconds; NaN where the cell holds no date */
  wall: Float64Array;
  /** Minutes east of UTC, a number for each row; undefined where no cell says so */
  offsets: Float64Array | undefined;
  /** Index in PRECISIONS of the finest cell */
  precision: number;
  /** Whether cells hold a date, or a time of the day alone */
  hasDate: boolean;
  hasT: boolean;
  /** Whether cells hold spans, of which the begin is taken */
  isSpan: boolean;
  order: DateOrder;
  /** Whether another order fits all cells too */
  isGuess: boolean;
  /** Rows whose cell is neither a date nor missing; the first of them */
  bad: number;
  firstBad: number;
  missing: number;
  /** A cell that rules other orders out */
  proof: string | undefined;
  /** Whether years have two digits */
  isShort: boolean;
  /** What else was guessed, for a note */
  guesses: string[];
}

/** Cells that show whether reading a column on is worth it. */
const SAMPLE = 20;
const ENOUGH = 0.8;

/** More offsets from UTC than this are none: 08:00-09:00 is a span. */
const MOST_OFFSETS = 4;

/** Times after it are looked at again where years have two digits. */
const LATE = Date.UTC(2040, 0, 1);

/** The dates of a column; undefined where it does not hold any. */
export function readDates(body: Body, column: number, marks: Marks, asked: DateOrder | undefined): Dates | undefined {
  const years = spansOfYears(body, column) ?? weeksOfYears(body, column);
  if (years) return years;
  const cell = new DateCell();
  let dates = readIn(cell, body, column, marks, asked);
  if (!dates || isOfSpans(dates)) {
    cell.hasSpans = true;
    dates = readIn(cell, body, column, marks, asked) ?? dates;
  }
  return dates && quarters(inCentury(dates, cell, body, marks), body);
}

/** Whether what was read as offsets is when spans end, which are equally long. */
function isOfSpans({ wall, offsets }: Dates): boolean {
  if (!offsets || new Set(offsets).size <= MOST_OFFSETS) return false;
  const lengths = wall.map((time, row) => (((-offsets[row] * MINUTE - time) % DAY) + DAY) % DAY);
  return lengths.every((length, row) => Number.isNaN(offsets[row]) || length === lengths[0]);
}

/** 2023/24, 2023-2024 or FY2023 in every cell: years, of which each is a row, by the one in which they begin. */
function spansOfYears(body: Body, column: number): Dates | undefined {
  const wall = new Float64Array(body.length);
  for (let row = 0; row < body.length; row++) {
    const match = /^(?:FY ?)?(\d{4})(?:[-/–](\d\d|\d{4}))?$/i.exec(body.at(row, column));
    if (!match || (match[2] && !String(Number(match[1]) + 1).endsWith(match[2]))) return undefined;
    wall[row] = daysOf(Number(match[1]), 1, 1) * DAY;
  }
  if (new Set(wall).size < Math.max(2, wall.length)) return undefined;
  const first = body.at(0, column);
  const guesses = [`${describe(first)} is the year ${new Date(wall[0]).getUTCFullYear()}`];
  return {
    ...noDates(column, wall, "ymd"),
    precision: PRECISIONS.indexOf("year"),
    hasDate: true,
    isGuess: false,
    guesses,
  };
}

/** 2024-05 or 05/2024 in every cell of a column that names a week, or some week that is no month. */
function weeksOfYears(body: Body, column: number): Dates | undefined {
  const wall = new Float64Array(body.length);
  let isWeek = WEEK_NAME.test(body.names[column]);
  for (let row = 0; row < body.length; row++) {
    const match = /^(\d{4})[-/.](\d\d?)$|^(\d\d?)[-/.](\d{4})$/.exec(body.at(row, column));
    const [year, week] = match ? [Number(match[1] ?? match[4]), Number(match[2] ?? match[3])] : [0, 0];
    if (week < 1 || week > 53) return undefined;
    isWeek ||= week > 12;
    wall[row] = mondayOf(year, week) * DAY;
  }
  if (!isWeek || wall.length < 2 || !isRising(wall)) return undefined;
  const guesses = [`${describe(body.at(0, column))} is a week and its year`];
  return {
    ...noDates(column, wall, "ymd"),
    precision: PRECISIONS.indexOf("day"),
    hasDate: true,
    isGuess: false,
    guesses,
  };
}

/** Years of two digits as those of the last century, where rows are then in as good an order. */
function inCentury(dates: Dates, cell: DateCell, body: Body, marks: Marks): Dates {
  if (!dates.isShort || !dates.wall.some(time => time > LATE)) return dates;
  cell.pivot = 30;
  const { isGuess, proof, order, column } = dates;
  const earlier = { ...readAs(cell, body, column, marks, order), isGuess, proof };
  if (breaks(earlier.wall) > breaks(dates.wall)) return dates;
  const row = dates.wall.findIndex(time => time > LATE);
  const year = new Date(earlier.wall[row]).getUTCFullYear();
  return { ...earlier, guesses: [`${describe(body.at(row, column))} is of the year ${year}`] };
}

/** How often times turn from rising to falling or back. */
function breaks(wall: Float64Array): number {
  let [up, down] = [0, 0];
  for (let i = 1; i < wall.length; i++) {
    if (wall[i] > wall[i - 1]) up++;
    else if (wall[i] < wall[i - 1]) down++;
  }
  return Math.min(up, down);
}

/** 2024:1 to 2024:4, and then 2025:1: quarters, which were read as months. */
function quarters(dates: Dates, body: Body): Dates {
  const { wall, column } = dates;
  if (PRECISIONS[dates.precision] !== "month" || dates.bad + dates.missing > 0 || wall.length < 5) return dates;
  const places = wall.map(time => {
    const date = new Date(time);
    return date.getUTCMonth() < 4 ? 4 * date.getUTCFullYear() + date.getUTCMonth() : NaN;
  });
  const step = places[1] - places[0];
  if (Math.abs(step) !== 1 || places.some((place, row) => row > 0 && place - places[row - 1] !== step)) return dates;
  const starts = places.map(place => daysOf(Math.floor(place / 4), 3 * (place % 4) + 1, 1) * DAY);
  const guesses = [...dates.guesses, `${describe(body.at(0, column))} is a quarter of a year`];
  return { ...dates, wall: starts, precision: PRECISIONS.indexOf("quarter"), guesses };
}

function readIn(
  cell: DateCell,
  body: Body,
  column: number,
  marks: Marks,
  asked: DateOrder | undefined,
): Dates | undefined {
  const orders: DateOrder[] = asked ? [asked] : ["mdy", "dmy", "ymd"];
  const sample: string[] = [];
  const step = Math.max(1, Math.floor(body.length / 2000));
  for (let row = 0; row < body.length && sample.length < SAMPLE; row += sample.length < 5 ? 1 : step) {
    const text = body.at(row, column);
    if (!marks.has(text)) sample.push(text);
  }
  const share = (order: DateOrder) =>
    sample.filter(text => cell.read(text, 0, text.length, order)).length / sample.length;
  if (sample.length === 0 || Math.max(...orders.map(share)) < ENOUGH) return undefined;
  const readings = [readAs(cell, body, column, marks, orders[0])];
  if (readings[0].isOrdered || readings[0].bad > 0)
    for (const order of orders.slice(1)) readings.push(readAs(cell, body, column, marks, order));
  const least = Math.min(...readings.map(({ bad }) => bad));
  const fitting = readings.filter(({ bad }) => bad === least);
  const worse = readings.find(({ bad }) => bad > least);
  const best = fitting.length === 1 ? fitting[0] : mostRegular(fitting, body.at(0, column));
  const count = body.length - best.missing;
  if (count - least < ENOUGH * count) return undefined;
  const others = fitting.filter(({ order }) => order !== "ymd" || best.order === "ymd");
  return {
    ...best,
    isGuess: others.length > 1,
    proof: best.isOrdered && worse && worse.firstBad >= 0 ? body.at(worse.firstBad, column) : undefined,
  };
}

/** Before any cell was read. */
const noDates = (column: number, wall: Float64Array, order: DateOrder): Dates => ({
  column,
  wall,
  offsets: undefined,
  precision: 0,
  hasDate: false,
  hasT: false,
  isSpan: false,
  order,
  isGuess: false,
  bad: 0,
  firstBad: -1,
  missing: 0,
  proof: undefined,
  isOrdered: false,
  isShort: false,
  guesses: [],
});

function readAs(cell: DateCell, body: Body, column: number, marks: Marks, order: DateOrder) {
  const { cells, rows } = body;
  const { text } = cells;
  const wall = new Float64Array(rows.length).fill(NaN);
  const result = noDates(column, wall, order);
  for (let i = 0; i < rows.length; i++) {
    const from = cells.start(rows[i], column);
    const to = cells.end(rows[i], column);
    if (from === to) result.missing++;
    else if (to - from < LONGEST_DATE && cell.read(text, from, to, order)) {
      wall[i] = cell.wall;
      if (!Number.isNaN(cell.offset)) {
        result.offsets ??= new Float64Array(rows.length).fill(NaN);
        result.offsets[i] = cell.offset;
      }
      if (cell.precision > result.precision) result.precision = cell.precision;
      result.hasDate ||= cell.hasDate;
      result.hasT ||= cell.hasT;
      result.isSpan ||= cell.isSpan;
      result.isOrdered ||= cell.isOrdered;
      result.isShort ||= cell.isShort;
    } else if (marks.has(text.slice(from, to))) result.missing++;
    else {
      if (result.firstBad < 0) result.firstBad = i;
      if (++result.bad > (1 - ENOUGH) * rows.length + 1) break; // in another order, or no dates
    }
  }
  return result;
}

/** Of several readings the one whose rows are most evenly apart; then day first, but month first where slashes stand. */
function mostRegular<T extends Dates>(readings: readonly T[], like: string): T {
  const usual = like.includes("/") ? "mdy" : "dmy";
  const rank = ({ wall, order }: T) => regularity(wall) + (order === usual ? 0.02 : order === "ymd" ? -0.02 : 0);
  return readings.reduce((best, each) => (rank(each) > rank(best) ? each : best));
}

/** The share of steps that are the most frequent one; months of 28 to 31 days are equal. */
function regularity(wall: Float64Array): number {
  const counts = new Map<number, number>();
  let n = 0;
  for (let i = 1; i < Math.min(wall.length, 2000); i++) {
    const days = Math.abs(wall[i] - wall[i - 1]) / DAY;
    if (Number.isNaN(days)) continue;
    const isMonths =
      days >= 28 && (days <= 31 || new Date(wall[i]).getUTCDate() === new Date(wall[i - 1]).getUTCDate());
    const step = isMonths ? 30 * Math.round(days / 30.44) : days;
    counts.set(step, (counts.get(step) ?? 0) + 1);
    n++;
  }
  counts.delete(0);
  return n === 0 ? 0 : Math.max(0, ...counts.values()) / n;
}
