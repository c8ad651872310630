/** Some of many windows: what learns from all of a large table would take hours. */

/** At most so many of the numbers below n, each once, evenly spread, but not in step with a season. */
export function thin(n: number, most: number): number[] {
  if (n <= most) return Array.from({ length: n }, (_, i) => i);
  const stride = n / most;
  return Array.from({ length: most }, (_, i) => Math.floor(i * stride + ((i * 0.618034) % 1) * (stride - 1)));
}

/** Windows that a line is fitted to, at most: its few weights gain nothing by more. */
export const MOST_OF_LINES = 20_000;

/** Those of a list that a line is fitted to. */
export const forLines = (list: readonly number[]): readonly number[] =>
  list.length <= MOST_OF_LINES ? list : thin(list.length, MOST_OF_LINES).map(i => list[i]);
