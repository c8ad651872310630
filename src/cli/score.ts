/** How good forecasts are, next to the naive one: nothing changes. */
import type { Forecaster } from "./forecaster.ts";

export interface Errors {
  /** Mean absolute error */
  mae: number;
  /** Root of the mean squared error */
  rmse: number;
}

/** Of one target, in its own unit, over all rows of the horizon. */
export interface Score extends Errors {
  target: string;
  /** Of forecasting the last value seen */
  baseline: Errors;
  /** By how much the MAE is below the baseline's; null where the baseline makes no error */
  improvementPercent: number | null;
}

/**
 * @param truth [N, horizon * targets]
 * @param forecasts [N, horizon * targets]
 * @param last the values before each forecast [N, targets]
 */
export function score(
  { targets, horizon }: Forecaster,
  truth: ArrayLike<number>,
  forecasts: ArrayLike<number>,
  last: ArrayLike<number>,
): Score[] {
  const K = targets.length;
  return targets.map((target, k) => {
    const own = errors(truth.length / K, i => forecasts[i * K + k] - truth[i * K + k]);
    const baseline = errors(truth.length / K, i => last[Math.floor(i / horizon) * K + k] - truth[i * K + k]);
    const improvementPercent = baseline.mae > 0 ? 100 * (1 - own.mae / baseline.mae) : null;
    return { target, ...own, baseline, improvementPercent };
  });
}

function errors(n: number, difference: (i: number) => number): Errors {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const d = difference(i);
    sum += Math.abs(d);
    squares += d * d;
  }
  return { mae: sum / n, rmse: Math.sqrt(squares / n) };
}
