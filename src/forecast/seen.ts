/** Which rows a forecaster has learned from. */
import type { Panel, Part } from "./panel.ts";
import type { Seen } from "./spec.ts";

/** What the first rows of a series are known again by. */
export function seenOf(panel: Panel, part: Part, rows: number): Seen {
  const { timeline, table } = part;
  let place = rows - 1;
  while (timeline.rows[place] < 0) place--;
  const last = timeline.rows[place];
  return { rows, until: table.time ? table.time.values[last] : null, sum: sumOf(panel, part, rows) };
}

function sumOf({ truth, targets }: Panel, { from }: Part, rows: number): number {
  const K = targets.length;
  let sum = 0;
  for (let i = from * K; i < (from + rows) * K; i++) if (!Number.isNaN(truth[i])) sum += truth[i];
  return sum;
}

/** The first row of a series whose forecast has not been learned from. */
export function firstUnseen({ rows, until, sum }: Seen, panel: Panel, part: Part): number {
  const { from, to, timeline, table } = part;
  const { time } = table;
  if (until === null || !time) return from + (rows <= to - from && sumOf(panel, part, rows) === sum ? rows : 0);
  const place = timeline.rows.findIndex(row => row >= 0 && time.values[row] > until);
  return place < 0 ? to : from + place;
}
