/** Tables that are read as the one that was learned from: the same words for dates and numbers, the same series. */

import type { Table } from "../table/index.ts";
import type { Words } from "./ahead.ts";
import type { Named } from "./panel.ts";
import { type Data, toTable } from "./rows.ts";
import { seriesOf } from "./series.ts";
import type { Spec } from "./spec.ts";

type Learned = Pick<Spec, "reading" | "series" | "known">;

/**
 * @param title what errors begin with
 * @throws RangeError for several series where one was learned from
 */
export function tableLike(data: Data, title: string, { reading, series }: Learned): Table {
  const table = toTable(data, title, { ...reading, ...(series && { series: series.columns }) });
  if (series || !table.series) return table;
  throw new RangeError(
    `${title}: the forecaster has learned from one series; read the table with one of its series alone (where)`,
  );
}

/**
 * Rows to forecast, by series: read as those before them.
 *
 * @throws RangeError where no column is known ahead
 */
export function futureLike(data: Data, before: Table, spec: Learned, { option }: Words): Map<string, Table> {
  const title = option("future");
  if (spec.known.length === 0)
    throw new RangeError(`${title}: the forecaster has learned from no column that is known ahead`);
  const series = spec.series?.columns;
  const [{ table: first }]: readonly Named[] = seriesOf(before, series);
  const reading = { ...before.found, ...spec.reading, time: first.time ? first.time.columns : null };
  const table = tableLike(data, title, { ...spec, reading });
  return new Map(seriesOf(table, series).map(each => [each.name, each.table]));
}
