/** Where a row is in the day, in the week and in the year. */

/** What a row's time says about the season. */
export type Cycle = "day" | "week" | "year";

export interface Calendar {
  /** The columns of the time */
  column: string;
  /** Each gives two features: the sine and the cosine of the time's place in it */
  cycles: Cycle[];
}

const DAY = 24 * 36e5;
const LENGTHS: Readonly<Record<Cycle, number>> = { day: DAY, week: 7 * DAY, year: 365.25 * DAY };

/** Of a cycle, what rows must hold: seen once, it might be anything else that happened then. */
const TIMES = 2;

/** The cycles that rows with these times can teach: with several rows in each, and seen twice. */
export function cyclesIn(times: Float64Array): Cycle[] {
  const span = times[times.length - 1] - times[0];
  const step = span / (times.length - 1);
  const fits = (length: number) => step > 0 && step <= length / 4 && span + step >= TIMES * length;
  return (["day", "week", "year"] as const).filter(cycle => fits(LENGTHS[cycle]));
}

/** Sine and cosine of the time's place in each cycle. */
export function cycleFeatures(time: number, cycles: readonly Cycle[]): number[] {
  return cycles.flatMap(cycle => {
    const turn = 2 * Math.PI * (cycle === "year" ? yearFraction(time) : time / LENGTHS[cycle]);
    return [Math.sin(turn), Math.cos(turn)];
  });
}

function yearFraction(time: number): number {
  const year = new Date(time).getUTCFullYear();
  const start = Date.UTC(year, 0, 1);
  return (time - start) / (Date.UTC(year + 1, 0, 1) - start);
}
