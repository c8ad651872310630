/** Forecasts of the rows after the end of a table. */

import { describe } from "../describe.ts";
import type { Model } from "../index.ts";
import type { Table } from "../table/index.ts";
import { cycleFeatures } from "./calendar.ts";
import { forecastWith } from "./combined.ts";
import { knownAhead, pastOf } from "./future.ts";
import { endsOf } from "./intervals.ts";
import { type Named, type Panel, toPanel } from "./panel.ts";
import { inUnits, unitOf, unitsOf } from "./series.ts";
import type { Spec } from "./spec.ts";

/** Of one row to come. */
export interface Forecast {
  /** Which of several series it is of */
  series?: string;
  step: number;
  /** In the form and the rhythm of the table; none where its rows have no time */
  date?: string;
  /** By target */
  values: Record<string, number>;
  /** Ends of the interval that is to hold the value, by target; none where there were too few errors to know */
  low?: Record<string, number>;
  high?: Record<string, number>;
}

/** The end of a table, with room for the rows to come. */
export interface Ahead {
  panel: Panel;
  /** The first row to forecast */
  first: number;
  dates: string[];
}

export interface Words {
  title: string;
  option: (name: string) => string;
}

/** @throws RangeError for more steps than can be forecast */
export function expectSteps(steps: number, { horizon, features, targets, known }: Spec, { option }: Words): void {
  const unknown = features.filter(name => !targets.includes(name) && !known.includes(name));
  if (!(Number.isInteger(steps) && steps >= 1)) {
    throw new RangeError(`${option("steps")}: expected a whole number >= 1, got ${describe(steps)}`);
  }
  if (steps <= horizon || unknown.length === 0) return;
  throw new RangeError(
    `${option("steps")}: expected at most ${horizon}, the model's horizon, got ${steps}: it reads ` +
      `${unknown.join(", ").replace(/, ([^,]*)$/, " and $1")}, which it does not forecast; train with ` +
      `${option("horizon")} ${steps}, or with the same columns as ${option("target")} and ${option("features")}`,
  );
}

/**
 * @throws RangeError for a table that is too short, or that forecasts cannot be made from so far ahead
 */
export function extend(
  series: Named,
  spec: Pick<
    Spec,
    "features" | "targets" | "known" | "categories" | "window" | "horizon" | "gap" | "calendar" | "series"
  >,
  asked: number,
  words: Words,
  future?: Table,
  table = pastOf(series.table, spec),
): Ahead {
  const { window, targets, calendar } = spec;
  const { name } = series;
  const title = words.title === "fit" ? "forecast" : words.title;
  if (table.rows < window) {
    throw new RangeError(
      `${title}: ${table.rows} row${table.rows === 1 ? " is" : "s are"} too few, the model reads the last ${window}`,
    );
  }
  const raw = toPanel([{ name, table }], spec, spec.gap, title);
  const units = spec.series?.known.find(each => each.name === name)?.units;
  const past = spec.series ? inUnits(raw, [units ?? unitsOf(raw, 0, raw.rows, window)]) : raw;
  const { rows, columns, starts, parts } = past;
  const begin = starts[rows - 1];
  if (rows - begin < window) {
    throw new RangeError(
      `${title}: there is a gap before ${parts[0].timeline.name(begin)}, and ${rows - begin} row${rows - begin === 1 ? "" : "s"} ` +
        `after it ${rows - begin === 1 ? "is" : "are"} too few: the model reads the last ${window}`,
    );
  }
  // Whole horizons, whose times networks see: the first steps are the same however many are asked for.
  const steps = Math.ceil(asked / spec.horizon) * spec.horizon;
  const times = table.time?.next(steps) ?? [];
  const sources = [{ table: series.table, from: table.rows }, ...(future ? [{ table: future, from: 0 }] : [])];
  const known = spec.known.length > 0 ? knownAhead({ name, table }, sources, spec, steps, { ...words, title }) : null;
  const values = new Float64Array((window + steps) * columns);
  values.set(past.values.subarray((rows - window) * columns));
  for (let i = 0; i < steps; i++) {
    const at = (window + i) * columns;
    values.copyWithin(at, at - columns, at);
    if (known) values.set(known[i], at + past.measured + past.flags);
    if (calendar) values.set(cycleFeatures(times[i].wall, calendar.cycles), at + columns - 2 * calendar.cycles.length);
  }
  const truth = new Float64Array((window + steps) * targets.length).fill(Number.NaN);
  const panel = { ...past, values, rows: window + steps, truth, starts: new Int32Array(window + steps) };
  return { panel, first: window, dates: times.map(({ text }) => text) };
}

/** Forecasts step by step: those after the horizon read the ones before. */
export function forecastRows(net: Model, spec: Spec, { panel, first, dates }: Ahead, steps: number): Forecast[] {
  const { horizon, targets, intervals, fromZero } = spec;
  const { values, columns } = panel;
  const found: Forecast[] = [];
  for (let from = 0; from < steps; from += horizon) {
    const { forecasts, windows } = forecastWith(net, spec, panel, [first + from]);
    // What is forecast from forecasts is less sure, as the sum of errors of so many blocks.
    const wider = Math.sqrt(from / horizon + 1);
    const ends = intervals.targets.map((interval, k) => {
      if (!interval) return null;
      const [low, high] = [interval.low, interval.high].map(end => end.map(value => value * wider));
      return endsOf({ ...interval, low, high }, forecasts[k], windows[k].spread, horizon);
    });
    for (let k = 0; k < horizon && from + k < steps; k++) {
      const step = from + k;
      const by = (value: (t: number) => number) =>
        Object.fromEntries(
          targets.map((target, t) => {
            const { zero, one } = unitOf(panel.parts[0], panel.targets[t]);
            const made = zero + one * value(t);
            return [target, fromZero?.[t] ? Math.max(0, made) : made];
          }),
        );
      const hasEnds = ends.every(each => each !== null);
      found.push({
        step: step + 1,
        ...(dates.length > 0 ? { date: dates[step] } : {}),
        values: by(t => forecasts[t][k]),
        ...(hasEnds ? { low: by(t => ends[t].low[k]), high: by(t => ends[t].high[k]) } : {}),
      });
      targets.forEach((_, t) => {
        const { zero, one } = unitOf(panel.parts[0], panel.targets[t]);
        values[(first + step) * columns + panel.targets[t]] = fromZero?.[t]
          ? Math.max(-zero / one, forecasts[t][k])
          : forecasts[t][k];
      });
    }
  }
  return found;
}
