/** Prediction intervals: the quantiles of the errors after the origins of the validation, added to forecasts. */
import type { IntervalScore } from "./scores.ts";

/** Of one target. */
export interface Interval {
  /** Whether errors are counted in deviations of their window: where it moves much, it is forecast less well */
  bySpread: boolean;
  /** [horizon] what is added to a forecast, for its lower and its upper end */
  low: number[];
  high: number[];
}

/** Few windows, by which the forecast was chosen too, show too little of what happens: intervals are wider by this over their number. */
const FEW = 8;

/** Fewer errors have no quantiles. */
const FEWEST = 8;

/**
 * @param errors [n, horizon] truth less forecast
 * @param spread [n] deviations of the windows
 * @param level part of the values that intervals are to hold
 * @returns null where there are too few errors
 */
export function fitInterval(
  errors: Float64Array,
  spread: Float64Array,
  horizon: number,
  level: number,
): Interval | null {
  if (spread.length < FEWEST) return null;
  const wider = 1 + FEW / spread.length;
  const tries = [false, true].map(bySpread => {
    const scaled = bySpread ? errors.map((error, i) => error / spread[Math.floor(i / horizon)]) : errors;
    const interval: Interval = { bySpread, low: [], high: [] };
    for (let k = 0; k < horizon; k++) {
      const own = Float64Array.from(spread, (_, i) => scaled[i * horizon + k]).sort();
      interval.low.push(wider * quantile(own, (1 - level) / 2));
      interval.high.push(wider * quantile(own, (1 + level) / 2));
    }
    const ends = endsOf(interval, new Float64Array(errors.length), spread, horizon);
    return { interval, score: scoreInterval(ends, errors, level).score };
  });
  return tries.reduce((a, b) => (b.score < a.score ? b : a)).interval;
}

/** The conformal quantile: with n errors, the one that a further error is below with at least that probability. */
function quantile(sorted: Float64Array, p: number): number {
  const n = sorted.length;
  const place = p > 0.5 ? Math.ceil((n + 1) * p) - 1 : Math.floor((n + 1) * p) - 1;
  return sorted[Math.min(n - 1, Math.max(0, place))];
}

/** Lower and upper ends about forecasts, [n, horizon]. */
export function endsOf(
  { bySpread, low, high }: Interval,
  forecasts: Float64Array,
  spread: Float64Array,
  horizon: number,
): { low: Float64Array; high: Float64Array } {
  const scale = (i: number) => (bySpread ? spread[Math.floor(i / horizon)] : 1);
  return {
    low: forecasts.map((value, i) => value + low[i % horizon] * scale(i)),
    high: forecasts.map((value, i) => value + high[i % horizon] * scale(i)),
  };
}

export function scoreInterval(
  ends: { low: Float64Array; high: Float64Array },
  truth: ArrayLike<number>,
  level: number,
): IntervalScore {
  let [inside, sum] = [0, 0];
  const factor = 2 / (1 - level);
  for (let i = 0; i < truth.length; i++) {
    const [low, high] = [ends.low[i], ends.high[i]];
    const outside = Math.max(0, low - truth[i], truth[i] - high);
    if (outside === 0) inside++;
    sum += high - low + factor * outside;
  }
  return { level, coverage: inside / truth.length, score: sum / truth.length };
}
