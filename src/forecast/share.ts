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

/**
 * The share that serves best after the origins. What is lost at the worst of them must be little, and no more than what is
 * won in the mean.
 *
 * @param plain forecasts of all windows after the origins, [n, horizon]
 * @param bold the same by other means
 * @param counts windows after each origin
 * @param clip beyond which the error of a window counts no more
 * @param most the largest share
 */
export function bestShare(
  plain: Float64Array,
  bold: Float64Array,
  truth: Float64Array,
  counts: readonly number[],
  horizon: number,
  clip: number,
  most = 1,
  shares: readonly number[] = SHARES,
): Share {
  const byOrigin = (forecasts: Float64Array) => {
    const errors = windowErrors(forecasts, truth, horizon);
    let at = 0;
    return counts.map(count => {
      at += count;
      return clippedMean(errors.subarray(at - count, at), clip) || Number.MIN_VALUE;
    });
  };
  const base = byOrigin(plain);
  let best: Share = { share: 0, mixed: plain, error: 1 };
  for (const share of shares) {
    if (share > most) break;
    const mixed = mix(plain, bold, share);
    const ratios = byOrigin(mixed).map((error, i) => error / base[i]);
    const error = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    const gain = 1 - error;
    if (gain > WORTH && Math.max(...ratios) - 1 <= Math.min(LOSS, gain) && error < best.error) {
      best = { share, mixed, error };
    }
  }
  return best;
}

/** Whether the bolder forecasts serve better in full: by the same rule. */
export function isBetter(
  plain: Float64Array,
  bold: Float64Array,
  truth: Float64Array,
  counts: readonly number[],
  horizon: number,
  clip: number,
): boolean {
  return bestShare(plain, bold, truth, counts, horizon, clip, 1, [1]).share === 1;
}

export function mix(plain: Float64Array, bold: Float64Array, share: number): Float64Array {
  return plain.map((value, i) => value + share * (bold[i] - value));
}
