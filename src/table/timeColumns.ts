/** Which columns of a table are the time of its rows. */
import { describe } from "../describe.ts";
import type { Body } from "./body.ts";
import { DateCell } from "./dateCell.ts";
import { type DateOrder, PRECISIONS } from "./dateParts.ts";
import { type Dates, readDates } from "./dates.ts";
import { HOUR, MINUTE } from "./days.ts";
import type { FoundTime, Search } from "./foundTime.ts";
import { hoursIn, hoursOfDays, sayFirst } from "./hours.ts";
import type { Marks } from "./marks.ts";
import { isRising, isTimeName } from "./numberTime.ts";
import { fromNumbers } from "./timeNumbers.ts";
import { clockNumbers, clockOf, fromParts, sayColumns, saySeason } from "./timeParts.ts";

/**
 * @param asked the columns that the user names; undefined: to be found
 * @param ids columns that name series, and are no times
 * @throws RangeError where a cell of the time's column is none
 */
export function findTime(
  search: Search,
  asked: readonly number[] | undefined,
  ids: readonly number[] = [],
): FoundTime | undefined {
  const { body, scans } = search;
  const all = asked ?? body.names.map((_, column) => column).filter(column => !ids.includes(column));
  const ofParts = fromParts(search, all, ids);
  if (asked && asked.length > 1 && ofParts && ofParts.columns.length === asked.length) return ofParts;
  const texts = all.filter(column => scans[column].others > 0 && scans[column].others >= scans[column].numbers);
  const dates: Dates[] = [];
  for (const column of texts) {
    const found = readDates(body, column, search.marks, search.order);
    if (found) dates.push(found);
    if (found?.hasDate && dates.length > 8) break;
  }
  // Dates of birth are in no order, and that of an export is always the same.
  const isOrdered = ({ wall }: Dates) => isRising(wall) && wall.some(time => time !== wall[0]);
  const whole = dates.filter(({ hasDate, missing }) => hasDate && missing === 0);
  const date = whole.find(isOrdered) ?? whole[0] ?? dates.find(({ hasDate }) => hasDate);
  if (date) return fromDates(search, date, dates, all, asked !== undefined);
  if (search.order) refuseOrder(search, search.order, texts);
  if (ofParts) return ofParts;
  const numbers = fromNumbers(search, all, asked !== undefined);
  return numbers?.precision === "day" ? withClock(search, numbers, dates, all, asked !== undefined) : numbers;
}

/** @throws RangeError where a column holds dates in another order than the one that was asked for */
function refuseOrder({ body, marks, report }: Search, order: DateOrder, columns: readonly number[]): void {
  const cell = new DateCell();
  for (const column of columns) {
    const dates = readDates(body, column, marks, undefined);
    if (!dates?.hasDate) continue;
    const row = dates.wall.findIndex((time, at) => {
      const text = body.at(at, column);
      return !Number.isNaN(time) && !cell.read(text, 0, text.length, order);
    });
    throw report.error(
      `expected dates as ${report.option("dateFormat", order)} says, got ${describe(body.at(row, column))}`,
      {
        line: body.line(row),
        column: body.names[column],
      },
    );
  }
}

/** Names of times of the day */
const isClockName = (name: string): boolean =>
  isTimeName(name) || /(^|[^a-z])(clock|hour|uhrzeit|stunde|heure|hora|ora|uur)([^a-z]|$)/i.test(name);

/** A column of dates, with a time of the day or an hour from another column if it has none. */
function fromDates(
  search: Search,
  date: Dates,
  dates: readonly Dates[],
  all: readonly number[],
  isAsked: boolean,
): FoundTime {
  const { body, report } = search;
  const name = body.names[date.column];
  const bad = date.firstBad >= 0 ? date.firstBad : date.missing > 0 ? date.wall.findIndex(Number.isNaN) : -1;
  if (bad >= 0) {
    const cell = body.at(bad, date.column);
    const like = body.at(
      date.wall.findIndex(time => !Number.isNaN(time)),
      date.column,
    );
    throw report.error(
      `expected a date such as ${like}, got ${cell === "" ? "an empty cell" : describe(cell)}; correct or remove the line, ` +
        `or read the table without times (${report.option("time", "null")})`,
      { line: body.line(bad), column: name },
    );
  }
  sayOrder(search, date);
  const found: FoundTime = {
    columns: [date.column],
    wall: date.wall,
    offsets: date.offsets,
    precision: PRECISIONS[date.precision],
    separator: date.hasT ? "T" : " ",
    hasOffset: date.offsets !== undefined,
  };
  if (date.offsets?.some(Number.isNaN)) {
    throw report.error("only some of its times have an offset from UTC; give it to all or to none", { column: name });
  }
  return date.precision > PRECISIONS.indexOf("day") ? found : withClock(search, found, dates, all, isAsked);
}

/** Days, with the time of the day or an hour from another column. */
function withClock(
  search: Search,
  found: FoundTime,
  dates: readonly Dates[],
  all: readonly number[],
  isAsked: boolean,
): FoundTime {
  const { body, marks } = search;
  const [days] = found.columns;
  const { wall } = found;
  const clock =
    dates.find(({ hasDate, missing, bad: wrong }) => !hasDate && missing === 0 && wrong === 0) ??
    dottedClock(body, all, marks);
  // Beside days that never come twice, a time of the day may be anything: how long something took.
  const isClock = isAsked || hasRepeats(wall) || (clock && isClockName(body.names[clock.column]));
  if (clock && clock.column !== days && isClock) {
    found.columns.push(clock.column);
    found.wall = wall.map((day, row) => day + clock.wall[row]);
    found.precision = PRECISIONS[Math.max(clock.precision, PRECISIONS.indexOf("minute"))];
  } else if (hasRepeats(wall)) {
    const hours = hoursIn(search, all, wall);
    const written = hours ? undefined : clockNumbers(search, all);
    if (hours) found.wall = hoursOfDays(wall, hours.values, hours.step);
    else if (written !== undefined) {
      const { values } = search.scans[written];
      found.wall = wall.map((day, row) => day + clockOf(values[row]));
    }
    const column = hours?.column ?? written;
    if (column !== undefined) {
      found.columns.push(column);
      found.precision = "minute";
    }
    if (hours?.first === 1) sayFirst(search, hours.column);
  }
  if (found.columns.length > 1) sayColumns(search, found.columns);
  return found;
}

function sayOrder(
  { body, report }: Search,
  { column, order, isOrdered, isGuess, isSpan, proof, guesses }: Dates,
): void {
  if (isOrdered) report.found.dateFormat = order;
  const said = { dmy: "day first", mdy: "month first", ymd: "year first", ydm: "year, day, month" }[order];
  const name = describe(body.names[column]);
  if (isSpan) report.note(`${name}: the begin of each span is the time of its row`);
  for (const guess of guesses) report.note(`${name}: ${guess}`);
  saySeason(report, body.at(0, column));
  if (isGuess) {
    const other = order === "mdy" ? "dmy" : "mdy";
    report.note(`${name}: dates are taken as ${said}; if they are not, ${report.option("dateFormat", other)}`);
  } else if (proof !== undefined) report.note(`${name}: dates are ${said}, as ${proof} shows`);
}

const hasRepeats = (wall: Float64Array): boolean => wall.some((time, row) => row > 0 && time === wall[row - 1]);

/** A column of times such as 18.00.00, or with a name that says so 18.00. */
function dottedClock(body: Body, all: readonly number[], marks: Marks) {
  for (const column of all) {
    const form = isClockName(body.names[column])
      ? /^(\d\d?)\.([0-5]\d)(?:\.([0-5]\d))?$/
      : /^(\d\d?)\.([0-5]\d)\.([0-5]\d)$/;
    const wall = new Float64Array(body.length);
    let precision = PRECISIONS.indexOf("minute");
    let row = 0;
    for (; row < body.length; row++) {
      const match = form.exec(body.at(row, column));
      if (!match || Number(match[1]) > 23 || marks.has(match[0])) break;
      if (match[3]) precision = PRECISIONS.indexOf("second");
      wall[row] = Number(match[1]) * HOUR + Number(match[2]) * MINUTE + Number(match[3] ?? 0) * 1000;
    }
    if (row === body.length) return { column, wall, precision };
  }
  return undefined;
}
