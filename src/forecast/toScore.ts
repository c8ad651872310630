/** What of a table `evaluate` scores: one rule, whether numbers or classes are forecast. */
import type { Table } from "../table/index.ts";
import type { ClassSpec } from "./classSpec.ts";
import { tableLike } from "./likeLearned.ts";
import { originsWithin, type Panel, toPanel, type Unit } from "./panel.ts";
import type { Data } from "./rows.ts";
import { firstUnseen } from "./seen.ts";
import { longEnough, seriesOf, unitsOf } from "./series.ts";
import type { KnownSeries, Spec } from "./spec.ts";

type Learned = Pick<Spec, "window" | "horizon" | "gap" | "reading" | "series" | "known" | "seen"> &
  Pick<Spec | ClassSpec, "features" | "targets" | "categories" | "calendar">;

/** A table read like the one learned from, in the unit of the data; series that are too short for a window are left out. */
export function readToScore(data: Data, spec: Learned, title: string): { table: Table; raw: Panel } {
  const { window, horizon } = spec;
  const table = tableLike(data, title, spec);
  const all = seriesOf(table, spec.series?.columns);
  const why = `as the model reads ${window} and forecasts ${horizon}`;
  const long = spec.series ? longEnough(all, window + horizon, title, why) : all;
  const raw = toPanel(long.length > 0 ? long : all.slice(0, 1), spec, spec.gap, title);
  if (Math.max(...raw.parts.map(({ from, to }) => to - from)) >= window + horizon) return { table, raw };
  throw new RangeError(
    `${title}: ${raw.rows} row${raw.rows === 1 ? " is" : "s are"} too few, at least ` +
      `${window + horizon} are needed: the model reads ${window} and forecasts ${horizon}`,
  );
}

/** Of a series: first forecast rows of its windows. */
export interface ToScore {
  all: number[];
  /** Those whose forecast rows have not been learned from */
  fresh: number[];
  /** What is known of the series since the training; undefined for one that was not there, and where there is one alone */
  own: KnownSeries | undefined;
  /** Of each measured column, where there are several series */
  units: Unit[];
  /** Its first rows, which tell the units where the series is not known: they are not scored */
  told: number;
}

/**
 * The windows of each series that can be scored.
 *
 * @throws RangeError where there are none
 */
export function windowsToScore(raw: Panel, spec: Learned, title: string): ToScore[] {
  const { window, horizon, series } = spec;
  const known = new Map(series?.known.map(each => [each.name, each]));
  const found = raw.parts.map((part): ToScore => {
    const { from, to } = part;
    const own = known.get(part.name);
    if (!series || own) {
      const first = firstUnseen(own?.seen ?? spec.seen, raw, part);
      const all = originsWithin(raw, window, horizon, from, to);
      return { all, fresh: all.filter(row => row >= first), own, units: own?.units ?? [], told: 0 };
    }
    // A series that is not known tells its units in the first half, and is scored in the second.
    const told = Math.max(window, Math.ceil((to - from) / 2));
    const all = originsWithin(raw, window, horizon, from + told, to);
    return { all, fresh: all, own, units: unitsOf(raw, from, told, window), told };
  });
  if (found.some(({ all }) => all.length > 0)) return found;
  throw new RangeError(`${title}: gaps and missing values leave no window to forecast from`);
}

/** Those that have not been learned from; where there are no others, all. */
export function originsToScore(found: readonly ToScore[]): { origins: number[]; seen: number } {
  const all = found.flatMap(each => each.all);
  const fresh = found.flatMap(each => each.fresh);
  return { origins: fresh.length > 0 ? fresh : all, seen: all.length - fresh.length };
}
