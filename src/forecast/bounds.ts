/** Columns that are never below 0, such as counts and amounts of rain: what is forecast of them is not either. */
import type { Panel } from "./panel.ts";

/** Of the values, for 0 to be where the column ends, and not a value like others. */
const OFTEN = 0.01;
const LEAST = 2;

/**
 * Whether a target ends at 0: none of its values is below, and some are 0.
 *
 * @param rows of each series, from its first one, that are looked at
 */
export function endsAtZero({ truth, targets, parts }: Panel, k: number, rows: readonly number[]): boolean {
  let [known, zeros] = [0, 0];
  for (const [p, { from }] of parts.entries()) {
    for (let row = from; row < from + rows[p]; row++) {
      const value = truth[row * targets.length + k];
      if (value < 0) return false;
      if (value === 0) zeros++;
      if (!Number.isNaN(value)) known++;
    }
  }
  return zeros >= LEAST && zeros >= OFTEN * known;
}

/** Numbers in the unit of the data, none below 0. */
export const notBelowZero = (values: Float64Array): Float64Array => values.map(value => Math.max(0, value));
