/** How far apart the rows of a table are, found from their times; and which times come after the last. */
import { DAY, HOUR, MINUTE } from "./days.ts";
import type { Rhythm } from "./foundRhythm.ts";
import { monthly, ofMonths, partsOfMonths } from "./months.ts";

const WEEK = 7 * DAY;

/** @param wall times on the clock of the place, in milliseconds, rising */
export function rhythmOf(wall: Float64Array): Rhythm {
  if (wall.length < 2) return fixed(DAY, true);
  const months = monthly(wall) ?? partsOfMonths(wall);
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
    return weekly(wall, usual) ?? workdays(wall, usual) ?? fixed(usual, true);
  }
  return ofMonths(wall) ?? fixed(steps.sort()[steps.length >> 1] || usual, false);
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

/** Monday to Friday, of tables that are too short to see what each week has: two weekends are left out, and no other day. */
function workdays(wall: Float64Array, step: number): Rhythm | undefined {
  const place = (time: number) => {
    const days = Math.floor(time / DAY) + 3; // since a Monday
    return 5 * Math.floor(days / 7) + Math.min(5, ((days % 7) + 7) % 7);
  };
  const isWeekend = (time: number) => [0, 6].includes(new Date(time).getUTCDay());
  if (step !== DAY || wall.some(isWeekend)) return undefined;
  let weekends = 0;
  for (let i = 1; i < wall.length; i++) {
    if (place(wall[i]) !== place(wall[i - 1]) + 1) return undefined;
    if (wall[i] - wall[i - 1] > DAY) weekends++;
  }
  if (weekends < 2) return undefined;
  return {
    name: "Monday to Friday",
    isRegular: true,
    tolerance: 4,
    after(time, count) {
      let next = time;
      for (let left = count; left > 0; ) {
        next += DAY;
        if (!isWeekend(next)) left--;
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
