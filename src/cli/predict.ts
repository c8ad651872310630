/** `wasm-lstm predict`: what comes after the end of a table. */
import { latestWindow, type Model } from "../index.ts";
import { table as drawTable } from "../models/summary.ts";
import { cycleFeatures, nextTimes, showTime } from "./calendar.ts";
import { drawChart } from "./chart.ts";
import { readTable } from "./csv.ts";
import { CliError } from "./error.ts";
import { type Forecaster, forecast, forecasterOf } from "./forecaster.ts";
import { count, listNames, plain, showNumber } from "./format.ts";
import { hasColors, type Io, print, printJson } from "./io.ts";
import { openModel } from "./modelFile.ts";
import type { Args, Command } from "./options.ts";
import { chartColumns } from "./report.ts";
import { type Series, toSeries } from "./series.ts";

const MOST_STEPS = 10_000;

export const predictCommand: Command = {
  name: "predict",
  positionals: ["model.safetensors", "data.csv"],
  summary:
    "Forecasts the rows that come after the end of a table.\n" +
    "Rows beyond the model's horizon are forecast from its own forecasts; for that it must forecast all that it reads.",
  options: [{ name: "steps", value: "<rows>", help: "rows to forecast (the model's horizon)" }],
};

export async function predict(args: Args, io: Io): Promise<number> {
  const [modelPath, path] = args.positionals;
  const asked = args.integer("steps", 1, MOST_STEPS);
  const model = await openModel(modelPath);
  const forecaster = forecasterOf(model, modelPath);
  const steps = asked ?? forecaster.horizon;
  expectSteps(forecaster, steps);
  const table = readTable(path);
  const series = toSeries(table, forecaster);
  const { window, targets } = forecaster;
  if (table.rows < window) {
    throw new CliError(`${path}: ${count(table.rows, "row")} are too few, the model reads the last ${window}`);
  }
  const times = series.dates ? nextTimes(series.dates.times, steps) : [];
  const forecasts = forecastSteps(model, forecaster, series, times, steps);

  const dates = times.map(time => showTime(time, series.dates?.cells[0] ?? ""));
  if (args.has("json")) {
    const rows = forecasts.map((values, i) => ({
      step: i + 1,
      ...(series.dates ? { date: dates[i] } : {}),
      values: Object.fromEntries(targets.map((target, k) => [target, values[k]])),
    }));
    printJson(io, { command: "predict", model: modelPath, data: path, rows: table.rows, forecasts: rows });
    return 0;
  }
  const after = series.dates ? `, after ${plain(series.dates.cells[table.rows - 1])}` : "";
  print(io, `${plain(path)}: ${count(table.rows, "row")}; the next ${steps}${after}:\n`);
  const names = forecasts.map((_, i) => dates[i] ?? `+${i + 1}`);
  const body = forecasts.map((values, i) => [names[i], ...values.map(showNumber)]);
  print(
    io,
    drawTable(
      [series.dates ? "date" : "row", ...targets.map(plain)],
      body,
      targets.map((_, k) => k + 1),
    ),
  );
  print(io, `\n${historyChart(io, series, forecaster, forecasts)}`);
  return 0;
}

function expectSteps({ features, targets, horizon }: Forecaster, steps: number): void {
  const unknown = features.filter(feature => !targets.includes(feature));
  if (steps <= horizon || unknown.length === 0) return;
  throw new CliError(
    `--steps: expected at most ${horizon}, the model's horizon, got ${steps}: it reads ${listNames(unknown)}, which it ` +
      `does not forecast; train with --horizon ${steps}, or with the same columns as --target and --features`,
  );
}

/** Forecasts beyond the end, [steps][targets]; those after the horizon read the ones before. */
function forecastSteps(model: Model, forecaster: Forecaster, series: Series, times: readonly number[], steps: number) {
  const { window, targets, calendar } = forecaster;
  const { columns, rows, features } = series;
  const cycles = calendar?.cycles ?? [];
  // The last window, with room behind it for the forecasts.
  const values = new Float32Array((window + steps) * columns);
  values.set(series.values.subarray((rows - window) * columns));
  const results: number[][] = [];
  while (results.length < steps) {
    const seen = values.subarray(results.length * columns, (results.length + window) * columns);
    const x = latestWindow({ shape: [window, columns], data: seen }, window, features);
    const last = Float32Array.from(series.targets, target => seen[(window - 1) * columns + target]);
    const block = forecast(model, forecaster, x, last);
    for (let from = 0; from < block.length && results.length < steps; from += targets.length) {
      const row = Array.from(block.subarray(from, from + targets.length));
      const start = (window + results.length) * columns;
      for (const [k, target] of series.targets.entries()) values[start + target] = row[k];
      values.set(cycleFeatures(times[results.length], cycles), start + columns - 2 * cycles.length);
      results.push(row);
    }
  }
  return results;
}

/** The end of the first target's history, and its forecast. */
function historyChart(io: Io, series: Series, { targets }: Forecaster, forecasts: readonly number[][]): string {
  const ahead = forecasts.slice(0, chartColumns(io) >> 1);
  const past = Math.min(series.rows, chartColumns(io) - ahead.length);
  const history = Array.from(
    { length: past },
    (_, i) => series.values[(series.rows - past + i) * series.columns + series.targets[0]],
  );
  const chart = {
    title: plain(targets[0]),
    truth: history,
    forecast: [...new Array<number>(past).fill(NaN), ...ahead.map(values => values[0])],
  };
  return drawChart(chart, hasColors(io));
}
