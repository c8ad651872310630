/** Tables that are read as the one that was learned from: the same words for dates and numbers, the same series. */

import type { Table } from "../table/index.ts";
import { warnOnce } from "../warn.ts";
import type { Words } from "./ahead.ts";
import type { Named } from "./panel.ts";
import { type Data, toTable } from "./rows.ts";
import { seriesOf } from "./series.ts";
import type { Spec } from "./spec.ts";

type Learned = Pick<Spec, "reading" | "rhythm" | "series" | "known">;

/** Steps that differ by less are alike: days, and workdays */
const ALIKE = 1.5;

/** How far apart the rows of a table are, or of its longest series; none where they have no time. */
export function rhythmIn({ time, series }: Table): Pick<Spec, "rhythm"> {
  const times = series ? series.parts.map(({ table }) => table.time) : [time];
  const [longest] = times.filter(each => each !== null).sort((a, b) => b.values.length - a.values.length);
  if (!longest || longest.values.length < 2) return {};
  const { name, after } = longest.rhythm;
  const last = longest.wall()[longest.values.length - 1];
  return { rhythm: { name, step: (after(last, 12) - last) / 12 } };
}

/**
 * @param title what errors begin with
 * @throws RangeError for several series where one was learned from
 */
export function tableLike(data: Data, title: string, { reading, rhythm, series }: Learned): Table {
  const table = toTable(data, title, { ...reading, ...(series && { series: series.columns }) });
  const own = rhythmIn(table).rhythm;
  if (rhythm && own && Math.max(own.step / rhythm.step, rhythm.step / own.step) > ALIKE) {
    warnOnce(
      `${title}: its rows are ${own.name}, those that were learned from ${rhythm.name}: forecasts may mean little`,
    );
  }
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
  // Of few rows nobody sees how far apart they are.
  const table = tableLike(data, title, { known: spec.known, series: spec.series, reading });
  return new Map(seriesOf(table, series).map(each => [each.name, each.table]));
}
