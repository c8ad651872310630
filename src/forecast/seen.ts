/** Which rows a forecaster has learned from. */
import type { Table } from "../table/index.ts";
import type { Panel } from "./panel.ts";
import type { Seen } from "./spec.ts";

/** What the first rows of a panel are known again by. */
export function seenOf(panel: Panel, table: Table, rows: number): Seen {
  const { timeline } = panel.parts[0];
  let place = rows - 1;
  while (timeline.rows[place] < 0) place--;
  const last = timeline.rows[place];
  return { rows, until: table.time ? table.time.values[last] : null, sum: sumOf(panel, rows) };
}

function sumOf({ truth, targets }: Panel, rows: number): number {
  let sum = 0;
  for (let i = 0; i < rows * targets.length; i++) if (!Number.isNaN(truth[i])) sum += truth[i];
  return sum;
}

/** The first row of a table whose forecast has not been learned from. */
export function firstUnseen({ rows, until, sum }: Seen, panel: Panel, { time }: Table): number {
  if (until === null || !time) return rows <= panel.rows && sumOf(panel, rows) === sum ? rows : 0;
  const place = panel.parts[0].timeline.rows.findIndex(row => row >= 0 && time.values[row] > until);
  return place < 0 ? panel.rows : place;
}
