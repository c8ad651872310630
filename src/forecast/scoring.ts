/** How good forecasts of a panel's windows are, over all of them and for each series. */
import { notBelowZero } from "./bounds.ts";
import { hasSeason } from "./chooseLines.ts";
import { endsOf, scoreInterval } from "./intervals.ts";
import { byChunk, cutTarget, lastValue, lineForecast, seasonalNaive } from "./lines.ts";
import type { Panel } from "./panel.ts";
import type { HeldOut, Scored } from "./results.ts";
import { type Score, scoreOf } from "./scores.ts";
import { inData, windowsBySeries } from "./series.ts";
import type { Spec } from "./spec.ts";

/** What is known of forecasts that are scored, beside them. */
export type Scoring = Pick<Spec, "window" | "horizon" | "targets" | "seasons" | "intervals" | "scales" | "fromZero"> & {
  /** For each series of the panel and each target: what the MASE divides by */
  naive: readonly (readonly number[])[];
};

type Ends = { low: Float64Array; high: Float64Array };

/**
 * @param origins first forecast rows, rising
 * @param forecasts of each target [n, horizon], in the panel's units
 * @param linear those of one ridge regression
 */
export function scoreWindows(
  panel: Panel,
  origins: number[],
  forecasts: readonly Float64Array[],
  { window, horizon, targets, seasons, intervals, scales, fromZero, naive }: Scoring,
  linear: readonly Float64Array[] | null,
): { heldOut: HeldOut; scored: Scored } {
  const ends: (Ends | null)[] = [];
  const own: Float64Array[] = [];
  const ways = targets.map((_, k) => {
    const floor = scales.floor[panel.targets[k]];
    const lines = [
      lastValue(window, horizon),
      ...(hasSeason(seasons[k], window) ? [seasonalNaive(window, horizon, seasons[k])] : []),
    ];
    const [truth, spread, last, season] = byChunk(origins, some => {
      const windows = cutTarget(panel, k, some, { window, horizon, floor });
      return [windows.truth, windows.spread, ...lines.map(line => lineForecast(line, windows))];
    });
    const interval = intervals.targets[k];
    const data = (values: Float64Array) => inData(panel, k, origins, values);
    const around = interval && endsOf(interval, forecasts[k], spread, horizon);
    const made = (values: Float64Array) => (fromZero?.[k] ? notBelowZero(data(values)) : data(values));
    ends[k] = around && { low: made(around.low), high: made(around.high) };
    own[k] = made(forecasts[k]);
    return {
      truth: data(truth),
      own: own[k],
      last: data(last),
      season: season ? data(season) : null,
      linear: linear && data(linear[k]),
    };
  });
  /** Scores of some of the windows, all of them unless told */
  const scoresOf = (scales: readonly number[], places?: readonly number[]): Score[] =>
    targets.map((target, k) => {
      const pick = <T extends Float64Array | null>(all: T): T =>
        all && places ? (picked(all, places, horizon) as T) : all;
      const { truth, own, last, season, linear } = ways[k];
      const around = ends[k] && { low: pick(ends[k].low), high: pick(ends[k].high) };
      const known = pick(truth);
      return scoreOf(
        target,
        known,
        { own: pick(own), last: pick(last), season: pick(season), linear: pick(linear) },
        horizon,
        scales[k],
        around && scoreInterval(around, known, intervals.level),
      );
    });
  const scored = { panel: panel.raw ?? panel, origins, forecasts: own, ends };
  const scores = scoresOf(naive[0]);
  if (!panel.raw) return { heldOut: { windows: origins.length, scores }, scored };
  const series = windowsBySeries(panel, origins).flatMap((places, p) =>
    places.length > 0
      ? [{ name: panel.parts[p].name, windows: places.length, scores: scoresOf(naive[p], places) }]
      : [],
  );
  // Of several series the MASE is the mean of theirs.
  scores.forEach((score, k) => {
    const known = series.flatMap(each => each.scores[k].mase ?? []);
    score.mase = known.length > 0 ? known.reduce((sum, mase) => sum + mase, 0) / known.length : null;
  });
  return { heldOut: { windows: origins.length, scores, series }, scored };
}

function picked(all: Float64Array, places: readonly number[], horizon: number): Float64Array {
  const result = new Float64Array(places.length * horizon);
  places.forEach((from, to) => {
    result.set(all.subarray(from * horizon, (from + 1) * horizon), to * horizon);
  });
  return result;
}
