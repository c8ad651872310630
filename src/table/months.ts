/** Rhythms of the calendar: a row in each month, quarter or year, or several in each month. */
import { DAY, daysIn, daysOf } from "./days.ts";
import type { Rhythm } from "./foundRhythm.ts";

const indexOf = (date: Date): number => 12 * date.getUTCFullYear() + date.getUTCMonth();
const clockOf = (time: number): number => ((time % DAY) + DAY) % DAY;
/** 0 is a Sunday */
const weekday = (days: number): number => (((days + 4) % 7) + 7) % 7;

/** The day on which a month, from 1, has its row. */
type Rule = (year: number, month: number) => number;

const lastWorkday: Rule = (year, month) => {
  const last = daysIn(year, month);
  const day = weekday(daysOf(year, month, last));
  return day === 0 ? last - 2 : day === 6 ? last - 1 : last;
};
const firstWorkday: Rule = (year, month) => {
  const day = weekday(daysOf(year, month, 1));
  return day === 0 ? 2 : day === 6 ? 3 : 1;
};
/** The third Friday, or with `nth` 5 the last one. */
const weekdayRule =
  (day: number, nth: number): Rule =>
  (year, month) => {
    const first = 1 + ((day - weekday(daysOf(year, month, 1)) + 7) % 7);
    return nth < 5 ? first + 7 * (nth - 1) : first + 7 * Math.floor((daysIn(year, month) - first) / 7);
  };

/** So many rows keep a rule: holidays move some. */
const MOST = 0.9;
/** Rows that show a rule which some of them break */
const ENOUGH = 12;

/** Rows in which each month comes once, and which months they are apart. */
function monthsOf(wall: Float64Array): { dates: Date[]; step: number } | undefined {
  const dates = Array.from(wall.length > 1000 ? wall.slice(-1000) : wall, time => new Date(time));
  let step = Infinity;
  for (let i = 1; i < dates.length; i++) {
    const passed = indexOf(dates[i]) - indexOf(dates[i - 1]);
    if (passed < 1) return undefined;
    step = Math.min(step, passed);
  }
  const isWhole = (date: Date) => (indexOf(date) - indexOf(dates[0])) % step === 0;
  if (!dates.every(date => isWhole(date) && clockOf(+date) === clockOf(+dates[0]))) return undefined;
  return { dates, step };
}

/** One row in each month, quarter or year: on the same day, a last or first one, the same weekday, or nearly always so. */
export function monthly(wall: Float64Array): Rhythm | undefined {
  const found = monthsOf(wall);
  if (!found) return undefined;
  const { dates, step } = found;
  const longest = Math.max(...dates.map(date => date.getUTCDate()));
  const kept = (rule: Rule) =>
    dates.filter(date => date.getUTCDate() === rule(date.getUTCFullYear(), date.getUTCMonth() + 1)).length;
  const sameDay =
    (day: number): Rule =>
    (year, month) =>
      Math.min(day, daysIn(year, month));
  const rules = [sameDay(31), sameDay(longest), lastWorkday, firstWorkday];
  if (dates.length > 3) {
    const [{ length: n }, last] = [dates, dates[dates.length - 1]];
    for (const nth of [5, 1, 2, 3, 4]) rules.push(weekdayRule(dates[n >> 1].getUTCDay(), nth));
    rules.push(sameDay(last.getUTCDate()));
  }
  const rule =
    rules.find(each => kept(each) === dates.length) ??
    (dates.length < ENOUGH ? undefined : rules.find(each => kept(each) >= MOST * dates.length));
  return rule && rhythm(step, rule, "");
}

/** One row in each month, quarter or year, whatever its day: those that come are on the usual one. */
export function ofMonths(wall: Float64Array): Rhythm | undefined {
  const found = monthsOf(wall);
  if (!found || found.dates.length < ENOUGH) return undefined;
  const { dates, step } = found;
  if (dates.some((date, i) => i > 0 && indexOf(date) - indexOf(dates[i - 1]) !== step)) return undefined;
  const days = dates.map(date => date.getUTCDate()).sort((a, b) => a - b);
  const usual = days[days.length >> 1];
  return rhythm(step, (year, month) => Math.min(usual, daysIn(year, month)), ", on different days");
}

function rhythm(step: number, rule: Rule, how: string): Rhythm {
  const names: Record<number, string> = { 1: "monthly", 3: "quarterly", 12: "yearly" };
  return {
    name: (names[step] ?? `every ${step} months`) + how,
    isRegular: how === "",
    tolerance: 0,
    after(time, n) {
      const month = indexOf(new Date(time)) + n * step;
      const [year, of] = [Math.floor(month / 12), (month % 12) + 1];
      return daysOf(year, of, rule(year, of)) * DAY + clockOf(time);
    },
    steps: (from, to) => Math.max(1, Math.round((indexOf(new Date(to)) - indexOf(new Date(from))) / step)),
  };
}

/** Rows of one month, at most */
const MOST_PARTS = 6;

/** Several rows in each month, on the same days: the 1st and the 15th, the 10th, the 20th and the last. */
export function partsOfMonths(wall: Float64Array): Rhythm | undefined {
  const months = new Map<number, Date[]>();
  for (const time of wall) {
    if (clockOf(time) !== clockOf(wall[0])) return undefined;
    const date = new Date(time);
    const dates = months.get(indexOf(date)) ?? [];
    if (dates.push(date) > MOST_PARTS) return undefined;
    months.set(indexOf(date), dates);
  }
  const whole = [...months.values()].slice(1, -1);
  const parts = whole[0]?.length ?? 0;
  if (parts < 2 || whole.length < 3 || whole.some(({ length }) => length !== parts)) return undefined;
  const dayOf = (month: number, day: number) => Math.min(day, daysIn(Math.floor(month / 12), (month % 12) + 1));
  const days = whole[0].map((_, part) => Math.max(...whole.map(dates => dates[part].getUTCDate())));
  const placeOf = (time: number) => {
    const date = new Date(time);
    const month = indexOf(date);
    const part = days.findIndex(day => dayOf(month, day) === date.getUTCDate());
    return part < 0 ? NaN : parts * month + part;
  };
  if (
    !wall.every((time, row) =>
      row === 0 ? !Number.isNaN(placeOf(time)) : placeOf(time) === placeOf(wall[row - 1]) + 1,
    )
  )
    return undefined;
  return {
    name: parts === 2 ? "twice a month" : `${parts} times a month`,
    isRegular: true,
    tolerance: 0,
    after(time, n) {
      const place = placeOf(time) + n;
      const month = Math.floor(place / parts);
      const day = dayOf(month, days[place - parts * month]);
      return daysOf(Math.floor(month / 12), (month % 12) + 1, day) * DAY + clockOf(time);
    },
    steps: (from, to) => Math.max(1, placeOf(to) - placeOf(from)),
  };
}
