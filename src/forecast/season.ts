/** The season of a series, found from its numbers. */
import { median } from "./linear.ts";

/** A correlation below this is no season, nor is one that the correlation at a shorter lag comes near to. */
const LEAST = 0.25;
const CLEAR = 0.2;

/** A season later the series must still be so much alike. */
const LASTING = 0.6;

/** A shorter season is taken, if it is nearly as clear as the clearest. */
const NEARLY = 0.85;

/** The longest that is looked for, and rows that are looked at. */
const LONGEST = 400;
const MOST_ROWS = 20_000;

/** Seasons that the rows must hold. */
const TIMES = 3;

/**
 * After how many rows a series repeats itself: where its changes from row to row are most alike, by their autocorrelation.
 *
 * @param values oldest first; NaN where one is missing
 * @param usual rows of the season that such rows often have, 52 of weekly ones: looked for under noise too, in what is left
 *   beside the mean over so many rows
 * @returns rows of a season; 1 where there is none
 * @example findSeason([1, 5, 2, 1, 5, 2, 1, 5, 2, 1, 5, 2, 1, 5, 2]) // 3
 */
export function findSeason(values: ArrayLike<number>, usual = 1): number {
  const start = Math.max(0, values.length - MOST_ROWS);
  const latest = Float64Array.from({ length: values.length - start }, (_, i) => values[start + i]);
  if (usual > 1 && latest.length >= TIMES * usual) {
    const rest = clipped(besideMean(latest, usual));
    const height = correlation(rest, usual);
    let trough = 1;
    for (let lag = 1; lag < usual; lag++) trough = Math.min(trough, correlation(rest, lag));
    if (height > LEAST && height - trough > CLEAR && correlation(rest, 2 * usual) > LASTING * height) return usual;
  }
  return clearest(latest);
}

/** Each value less the mean of the `width` values around it. */
function besideMean(values: Float64Array, width: number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  const counts = new Float64Array(values.length + 1);
  values.forEach((value, i) => {
    const isKnown = !Number.isNaN(value);
    sums[i + 1] = sums[i] + (isKnown ? value : 0);
    counts[i + 1] = counts[i] + (isKnown ? 1 : 0);
  });
  return values.map((value, i) => {
    const from = Math.max(0, Math.min(i - (width >> 1), values.length - width));
    const to = Math.min(values.length, from + width);
    return value - (sums[to] - sums[from]) / (counts[to] - counts[from]);
  });
}

function clearest(values: Float64Array): number {
  const n = values.length - 1;
  const longest = Math.min(LONGEST, Math.floor((n + 1) / TIMES));
  if (longest < 2) return 1;
  const changes = clipped(Float64Array.from({ length: n }, (_, i) => values[i + 1] - values[i]));
  const correlations = Float64Array.from({ length: 2 * longest + 2 }, (_, lag) => correlation(changes, lag));
  const least = Math.max(LEAST, 3 / Math.sqrt(n));
  const seasons: number[] = [];
  let trough = 1;
  for (let lag = 2; lag <= longest; lag++) {
    trough = Math.min(trough, correlations[lag - 1]);
    const height = correlations[lag];
    const isPeak = height > correlations[lag - 1] && height >= correlations[lag + 1];
    const again = Math.max(correlations[2 * lag - 1], correlations[2 * lag], correlations[2 * lag + 1]);
    if (isPeak && height > least && height - trough > CLEAR && again > LASTING * height) seasons.push(lag);
  }
  const best = Math.max(...seasons.map(lag => correlations[lag]));
  return seasons.find(lag => correlations[lag] >= NEARLY * best) ?? 1;
}

/** Values about their mean, the largest cut: one jump of the level must not hide what repeats. NaN become 0. */
function clipped(values: Float64Array): Float64Array {
  const known = values.filter(value => !Number.isNaN(value));
  const middle = median(known);
  const sizes = known.map(value => Math.abs(value - middle)).sort();
  const limit = 2 * sizes[Math.floor(0.95 * sizes.length)] || Infinity;
  const cut = values.map(value => Math.max(-limit, Math.min(limit, value - middle)));
  let sum = 0;
  for (const value of cut) if (!Number.isNaN(value)) sum += value;
  const mean = sum / known.length;
  return cut.map(value => (Number.isNaN(value) ? 0 : value - mean));
}

function correlation(values: Float64Array, lag: number): number {
  let [product, square] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    square += values[i] * values[i];
    if (i >= lag) product += values[i] * values[i - lag];
  }
  // As many products as squares: long lags are no worse than short ones.
  return square > 0 && lag < values.length ? (product / square) * (values.length / (values.length - lag)) : 0;
}
