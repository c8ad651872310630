/** How far apart the rows of a table are, found from their times; and which times come after the last. */
import { DAY, daysIn, daysOf, HOUR, MINUTE } from "./dateCell.ts";

export interface Rhythm {
  /** "daily", "every 15 minutes", "monthly", "Monday to Friday"; for irregular rows "about 61 minutes apart" */
  readonly name: string;
  /** Whether the rows keep it */
  readonly isRegular: boolean;
  /** Steps that may be left out and are no gap, as holidays are where weekends have no rows */
  readonly tolerance: number;
  /** The time `n` steps after another, on the clock of the place */
  after(wall: number, n: number): number;
  /** Steps from one time to a later one: 1 where no row is missing between them */
  steps(from: number, to: number): number;
}

const WEEK = 7 * DAY;

/** @param wall times on the clock of the place, in milliseconds, rising */
export function rhythmOf(wall: Float64Array): Rhythm {
  if (wall.length < 2) return fixed(DAY, true);
  const months = monthly(wall);
  if (months) return months;
  const counts = new Map<number, number>();
  const steps = new Float64Array(wall.length - 1);
  for (let i = 1; i < wall.length; i++) {
    const step = wall[i] - wall[i - 1];
    steps[i - 1] = step;
    if (step > 0) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  let usual = 0;
  for (const [step, count] of counts) {
    const most = counts.get(usual) ?? 0;
    if (count > most || (count === most && step < usual)) usual = step;
  }
  if (usual === 0) return fixed(DAY, false);
  const even = steps.filter(step => step % usual === 0).length;
  if (even >= 0.95 * steps.length && (counts.get(usual) ?? 0) >= steps.length / 3) {
    return weekly(wall, usual) ?? fixed(usual, true);
  }
  return fixed(steps.sort()[steps.length >> 1] || usual, false);
}

/** One row in each month, quarter or year, on the same day or on a last or first one. */
function monthly(wall: Float64Array): Rhythm | undefined {
  const dates = Array.from(wall.length > 1000 ? wall.slice(-1000) : wall, time => new Date(time));
  const index = (date: Date) => 12 * date.getUTCFullYear() + date.getUTCMonth();
  const clock = (time: number) => ((time % DAY) + DAY) % DAY;
  let usual = Infinity;
  for (let i = 1; i < dates.length; i++) {
    const step = index(dates[i]) - index(dates[i - 1]);
    if (step < 1) return undefined;
    usual = Math.min(usual, step);
  }
  if (dates.some((date, i) => i > 0 && (index(date) - index(dates[0])) % usual !== 0)) return undefined;
  if (dates.some(date => clock(+date) !== clock(+dates[0]))) return undefined;
  const longest = Math.max(...dates.map(date => date.getUTCDate()));
  const weekday = (days: number) => (((days + 4) % 7) + 7) % 7; // 0 is a Sunday
  const lastWorkday = (year: number, month: number) => {
    const last = daysIn(year, month);
    const day = weekday(daysOf(year, month, last));
    return day === 0 ? last - 2 : day === 6 ? last - 1 : last;
  };
  const firstWorkday = (year: number, month: number) => {
    const day = weekday(daysOf(year, month, 1));
    return day === 0 ? 2 : day === 6 ? 3 : 1;
  };
  const isEnd = dates.every(date => date.getUTCDate() === daysIn(date.getUTCFullYear(), date.getUTCMonth() + 1));
  const rules = [
    (year: number, month: number) => Math.min(isEnd ? 31 : longest, daysIn(year, month)),
    lastWorkday,
    firstWorkday,
  ];
  const rule = rules.find(dayIn =>
    dates.every(date => date.getUTCDate() === dayIn(date.getUTCFullYear(), date.getUTCMonth() + 1)),
  );
  if (!rule) return undefined;
  const names: Record<number, string> = { 1: "monthly", 3: "quarterly", 12: "yearly" };
  return {
    name: names[usual] ?? `every ${usual} months`,
    isRegular: true,
    tolerance: 0,
    after(time, n) {
      const month = index(new Date(time)) + n * usual;
      const [year, of] = [Math.floor(month / 12), (month % 12) + 1];
      return daysOf(year, of, rule(year, of)) * DAY + clock(time);
    },
    steps: (from, to) => Math.round((index(new Date(to)) - index(new Date(from))) / usual),
  };
}

/** Rows that leave out the same hours or days of every week: nights, weekends. */
function weekly(wall: Float64Array, step: number): Rhythm | undefined {
  const n = wall.length;
  const weeks = (wall[n - 1] - wall[0]) / WEEK;
  const size = WEEK / step;
  if (weeks < 3 || step > DAY || !Number.isInteger(size) || size > 700_000) return undefined;
  const first = wall[0];
  const slot = (time: number) => ((Math.floor((time - first) / step) % size) + size) % size;
  const seen = new Uint32Array(size);
  for (const time of wall) seen[slot(time)]++;
  const isUsed = Array.from(seen, count => count >= weeks / 2);
  const used = isUsed.filter(Boolean).length;
  const inside = seen.reduce((sum, count, i) => sum + (isUsed[i] ? count : 0), 0);
  if (used === size || used < 2 || inside < 0.95 * n) return undefined;
  // What is missing must be explained by the week.
  const missing = (wall[n - 1] - wall[0]) / step + 1 - n;
  if (weeks * used - n > 0.3 * missing) return undefined;
  const before = new Uint32Array(size + 1);
  for (let i = 0; i < size; i++) before[i + 1] = before[i] + (isUsed[i] ? 1 : 0);
  const place = (time: number) => {
    const week = Math.floor((time - first) / WEEK);
    return week * used + before[slot(time) + 1];
  };
  const days = [...new Set(Array.from(wall.slice(-500), time => (new Date(time).getUTCDay() + 6) % 7))].sort();
  const isWorkweek = step === DAY && days.join("") === "01234";
  return {
    name: isWorkweek ? "Monday to Friday" : `${nameOf(step)} at the same times of the week`,
    isRegular: true,
    tolerance: step === DAY ? 4 : used,
    after(time, count) {
      let next = time;
      for (let left = count; left > 0; ) {
        next += step;
        if (isUsed[slot(next)]) left--;
      }
      return next;
    },
    steps: (from, to) => Math.max(1, place(to) - place(from)),
  };
}

function fixed(step: number, isRegular: boolean): Rhythm {
  return {
    name: isRegular ? nameOf(step) : `about ${showSpan(step)} apart`,
    isRegular,
    tolerance: isRegular ? 0 : 4,
    after: (wall, n) => wall + n * step,
    steps: (from, to) => Math.max(1, Math.round((to - from) / step)),
  };
}

function nameOf(step: number): string {
  if (step === DAY) return "daily";
  if (step === WEEK) return "weekly";
  if (step === HOUR) return "hourly";
  return `every ${showSpan(step).replace(/^1 /, "")}`;
}

/** 900000 -> "15 minutes" */
export function showSpan(span: number): string {
  const units: [number, string][] = [
    [DAY, "day"],
    [HOUR, "hour"],
    [MINUTE, "minute"],
    [1000, "second"],
  ];
  const [size, name] = units.find(([unit]) => span >= 3 * unit || (span >= unit && span % unit === 0)) ?? [1, "ms"];
  const amount = +(span / size).toPrecision(3);
  return name === "ms" ? `${amount} ms` : `${amount} ${name}${amount === 1 ? "" : "s"}`;
}
