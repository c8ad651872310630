/** How much of a bolder forecast to take beside a plainer one. */
import { clippedMean, windowErrors } from "./errors.ts";

const SHARES = [0.25, 0.5, 0.75, 1];

/** What it must bring in the mean over the origins, as a part of the plainer one's error. */
const WORTH = 0.002;

/** What it may lose at the worst origin: chance helps at one and harms at another. */
const LOSS = 0.01;

/** Horizons one after the other, in the windows after the origins, by which a forecast may count in full. */
const ENOUGH = 10;

/** What a network may count: half, where little is known of it. */
export const mostOf = (windows: number, horizon: number): number => (windows < ENOUGH * horizon ? 0.5 : 1);

export interface Share {
  share: number;
  mixed: Float64Array;
  /** In the mean over the origins, in times of the plainer one's; 1 where nothing of the bolder one is taken */
  error: number;
}

/** Windows after the origins, by which forecasts are compared. */
export interface Compared {
  /** [n, horizon] what followed */
  truth: Float64Array;
  /** Windows after each origin */
  counts: readonly number[];
  horizon: number;
  /** Beyond which the error of a window counts no more */
  clip: number;
}

/**
 * The share that serves best after the origins. What is lost at the worst of them must be little, and no more than what is
 * won in the mean.
 *
 * @param plain forecasts of all windows after the origins, [n, horizon]
 * @param bold the same by other means
 * @param most the largest share
 */
export function bestShare(
  plain: Float64Array,
  bold: Float64Array,
  compared: Compared,
  most = 1,
  shares: readonly number[] = SHARES,
): Share {
  const errorOf = judge(plain, compared);
  let best: Share = { share: 0, mixed: plain, error: 1 };
  for (const share of shares) {
    if (share > most) break;
    const mixed = mix(plain, bold, share);
    const error = errorOf(mixed);
    if (error < best.error) best = { share, mixed, error };
  }
  return best;
}

/** The error of forecasts in times of that of plainer ones, in the mean over the origins; 1 for those that are not to be taken. */
function judge(plain: Float64Array, { truth, counts, horizon, clip }: Compared): (forecasts: Float64Array) => number {
  const byOrigin = (forecasts: Float64Array) => {
    const errors = windowErrors(forecasts, truth, horizon);
    let at = 0;
    return counts.map(count => {
      at += count;
      return clippedMean(errors.subarray(at - count, at), clip) || Number.MIN_VALUE;
    });
  };
  const base = byOrigin(plain);
  return forecasts => {
    const ratios = byOrigin(forecasts).map((error, i) => error / base[i]);
    const error = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const gain = 1 - error;
    return gain > WORTH && Math.max(...ratios) - 1 <= Math.min(LOSS, gain) ? error : 1;
  };
}

/**
 * How much of each of several bolder forecasts to take, all at once: chosen one after the other, the first takes what the
 * mean of both would do better.
 *
 * @returns their shares, each of what is there before it
 */
export function bestShares(
  plain: Float64Array,
  bolds: readonly Float64Array[],
  compared: Compared,
  most = 1,
): { shares: number[]; mixed: Float64Array } {
  const errorOf = judge(plain, compared);
  let best = { weights: bolds.map(() => 0), mixed: plain, error: 1 };
  const tryAll = (weights: readonly number[]): void => {
    const sum = weights.reduce((a, b) => a + b, 0);
    if (weights.length < bolds.length) {
      for (const weight of [0, ...SHARES]) if (sum + weight <= most) tryAll([...weights, weight]);
      return;
    }
    const mixed = plain.map((value, i) =>
      weights.reduce((all, weight, j) => all + weight * (bolds[j][i] - value), value),
    );
    const error = errorOf(mixed);
    if (error < best.error) best = { weights: [...weights], mixed, error };
  };
  tryAll([]);
  const { weights, mixed } = best;
  // What comes later takes its part of what is there.
  const shares = weights.map((weight, j) => weight / (1 - weights.slice(j + 1).reduce((a, b) => a + b, 0) || 1));
  return { shares, mixed };
}

/** Whether the bolder forecasts serve better in full: by the same rule. */
export const isBetter = (plain: Float64Array, bold: Float64Array, compared: Compared): boolean =>
  bestShare(plain, bold, compared, 1, [1]).share === 1;

export function mix(plain: Float64Array, bold: Float64Array, share: number): Float64Array {
  return plain.map((value, i) => value + share * (bold[i] - value));
}
