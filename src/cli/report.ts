/** What people see after training and evaluation. */

import type { Forecaster, Score } from "../forecast/index.ts";
import { table } from "../models/summary.ts";
import { drawChart } from "./chart.ts";
import { plain, showNumber } from "./format.ts";
import { hasColors, type Io, isAscii } from "./io.ts";

const MOST_COLUMNS = 100;

/** Columns that a chart may have, with room for the labels beside it. */
export function chartColumns({ stdout }: Io): number {
  return Math.max(20, Math.min(MOST_COLUMNS, (stdout.columns || 120) - 16));
}

/** A table of errors; in each target's own unit. */
export function scoreTable(scores: readonly Score[]): string {
  const rows = scores.map(({ target, mae, rmse, baseline, improvementPercent: better }) => [
    plain(target),
    showNumber(mae),
    showNumber(rmse),
    showNumber(baseline.mae),
    showNumber(baseline.rmse),
    better === null ? "" : `${Math.abs(better).toFixed(1)} % ${better < 0 ? "higher" : "lower"}`,
  ]);
  return table(["target", "MAE", "RMSE", "last value: MAE", "RMSE", "MAE is"], rows, [1, 2, 3, 4, 5]);
}

/** The chart of the first target at the end of the horizon, for the latest windows that were scored. */
export function forecastChart(io: Io, net: Forecaster): string {
  const { scored, spec } = net;
  if (!scored) return "";
  const { panel, origins, forecasts } = scored;
  const { targets, horizon } = spec;
  const K = targets.length;
  const n = Math.min(chartColumns(io), origins.length);
  const windows = Array.from({ length: n }, (_, i) => origins.length - n + i);
  const rows = windows.map(i => origins[i] + horizon - 1);
  const truth = rows.map(row => panel.truth[row * K]);
  const forecast = windows.map(i => forecasts[0][i * horizon + horizon - 1]);
  const { name } = panel.parts[0].timeline;
  const title = `${plain(targets[0])}, ${horizon === 1 ? "1 row" : `${horizon} rows`} ahead`;
  const ends = [plain(name(rows[0])), plain(name(rows[n - 1]))] as const;
  return drawChart({ title, truth, forecast, ends }, hasColors(io), isAscii(io));
}
