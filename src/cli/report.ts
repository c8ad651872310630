/** What people see after training and evaluation. */

import type { Forecaster, Origin, Score, SeriesScore } from "../forecast/index.ts";
import { windowsBySeries } from "../forecast/series.ts";
import { drawChart } from "./chart.ts";
import { plain, showNumber } from "./format.ts";
import { hasColors, type Io, isAscii } from "./io.ts";
import { columnsOf, drawTable } from "./tables.ts";

/** Columns of a chart at most, and of a page where there is no terminal */
const MOST_COLUMNS = 180;
const USUAL = 116;

/** Columns that a chart may have, with room for the labels beside it. */
export function chartColumns({ stdout }: Io): number {
  return Math.max(20, Math.min(MOST_COLUMNS, (stdout.columns || USUAL) - 16));
}

/** A table of errors; in each target's own unit. */
export function scoreTable(io: Io, scores: readonly Score[]): string {
  const rows = scores.map(({ target, mae, rmse, baseline, improvementPercent: better }) => [
    plain(target),
    showNumber(mae),
    showNumber(rmse),
    showNumber(baseline.mae),
    showNumber(baseline.rmse),
    better === null ? "" : `${Math.abs(better).toFixed(1)} % ${better < 0 ? "higher" : "lower"}`,
  ]);
  return drawTable(io, ["target", "MAE", "RMSE", "last value: MAE", "its RMSE", "MAE is"], rows, [1, 2, 3, 4, 5]);
}

/** A line for each target: its error in other measures, and that of other baselines. */
export function moreScores(scores: readonly Score[]): string {
  return scores
    .map(({ target, season, linear, mase, smape, interval }) => {
      const parts = [
        ...(season ? [`a season before: MAE ${showNumber(season.mae)}`] : []),
        ...(linear ? [`one ridge regression alone: MAE ${showNumber(linear.mae)}`] : []),
        ...(mase === null ? [] : [`MASE ${showNumber(mase)}`]),
        `sMAPE ${smape.toFixed(1)} %`,
        ...(interval
          ? [
              `intervals of ${Math.round(100 * interval.level)} % held ${Math.round(100 * interval.coverage)} % of values`,
            ]
          : ["no intervals: too few forecasts were validated to tell how far off they are"]),
      ];
      return `${plain(target)}: ${parts.join("; ")}`;
    })
    .join("\n");
}

/** Series that are shown of many */
const MOST_SERIES = 20;

/** The errors of each of several series. */
export function seriesTable(io: Io, series: readonly SeriesScore[]): string {
  const rows = series
    .slice(0, MOST_SERIES)
    .flatMap(({ name, windows, scores }) =>
      scores.map(({ target, mae, baseline, season, mase }) => [
        plain(name),
        ...(scores.length > 1 ? [plain(target)] : []),
        `${windows}`,
        showNumber(mae),
        showNumber(baseline.mae),
        season ? showNumber(season.mae) : "",
        mase === null ? "" : showNumber(mase),
      ]),
    );
  const more = series.length - MOST_SERIES;
  const heads = [
    "series",
    ...(rows[0].length > 6 ? ["target"] : []),
    "forecasts",
    "MAE",
    "last value",
    "a season before",
    "MASE",
  ];
  const numbers = heads.map((_, i) => i).slice(-5);
  return `${drawTable(io, heads, rows, numbers)}${more > 0 ? `\nand ${more} more series, in the model file and in --json` : ""}`;
}

/** Errors at several origins, at each of which all was chosen and learned anew. */
export function originTable(io: Io, origins: readonly Origin[]): string {
  const rows = origins.flatMap(({ time, windows, scores }) =>
    scores.map(({ target, mae, baseline, season }) => [
      plain(time),
      plain(target),
      `${windows}`,
      showNumber(mae),
      showNumber(baseline.mae),
      season ? showNumber(season.mae) : "",
    ]),
  );
  return drawTable(
    io,
    ["learned from rows before", "target", "forecasts", "MAE", "last value", "a season before"],
    rows,
    [2, 3, 4, 5],
  );
}

/** Steps that are shown of a long horizon */
const MOST_STEPS = 12;

/** The MAE by step of the horizon, next to that of the baselines; nothing for a single step. */
export function stepTable(io: Io, scores: readonly Score[]): string {
  return scores
    .filter(({ steps }) => steps.length > 1)
    .map(({ target, steps }) => {
      const every = Math.ceil(steps.length / MOST_STEPS);
      const shown = steps.filter((_, i) => i % every === 0 || i === steps.length - 1);
      const show = (value: number | null) => (value === null ? "" : showNumber(value));
      const ways = (["last", "season", "linear"] as const).filter(way => steps[0][way] !== null);
      const names = { last: "last value", season: "a season before", linear: "one ridge regression" };
      const rows = shown.map(each => [`${each.step}`, show(each.mae), ...ways.map(way => show(each[way]))]);
      const heads = [`${plain(target)}, rows ahead`, "MAE", ...ways.map(way => names[way])];
      return drawTable(io, heads, rows, [0, 1, 2, 3, 4].slice(0, heads.length));
    })
    .join("\n\n");
}

/** The chart of the first target at the end of the horizon, for the latest windows that were scored. */
export function forecastChart(io: Io, net: Forecaster): string {
  const { scored, spec } = net;
  if (!scored) return "";
  const { panel, origins, forecasts, ends: bounds } = scored;
  const { targets, horizon } = spec;
  const K = targets.length;
  // Of several series the first.
  const places = windowsBySeries(panel, origins);
  const p = places.findIndex(({ length }) => length > 0);
  const part = panel.parts[p];
  const n = Math.min(chartColumns(io), places[p].length);
  const windows = places[p].slice(-n);
  const rows = windows.map(i => origins[i] + horizon - 1);
  const truth = rows.map(row => panel.truth[row * K]);
  const atEnd = (values: ArrayLike<number>) => windows.map(i => values[i * horizon + horizon - 1]);
  const forecast = atEnd(forecasts[0]);
  const [bound] = bounds;
  const interval = bound && { level: spec.intervals.level, low: atEnd(bound.low), high: atEnd(bound.high) };
  const name = (row: number) => part.timeline.name(row - part.from);
  const title = `${part.name === "" ? "" : `${plain(part.name)}: `}${plain(targets[0])}, ${horizon === 1 ? "1 row" : `${horizon} rows`} ahead`;
  const ends = [plain(name(rows[0])), plain(name(rows[n - 1]))] as const;
  return drawChart({ title, truth, forecast, interval, ends }, hasColors(io), isAscii(io), columnsOf(io));
}
