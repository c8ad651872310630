/** `wasm-lstm predict`: what comes after the end of a table. */
import { latestWindow, type Model } from "../index.ts";
import { table as drawTable } from "../models/summary.ts";
import { cycleFeatures } from "./calendar.ts";
import { drawChart } from "./chart.ts";
import { CliError } from "./error.ts";
import { expectFilled } from "./filled.ts";
import { type Forecaster, forecast, forecasterOf } from "./forecaster.ts";
import { count, decimalsFor, listNames, plain, roundTo, showDecimals } from "./format.ts";
import { hasColors, type Io, isAscii, print, printJson } from "./io.ts";
import { openModel } from "./modelFile.ts";
import { noteLines } from "./notes.ts";
import type { Args, Command } from "./options.ts";
import { chartColumns } from "./report.ts";
import { lastValues, type Series, toSeries } from "./series.ts";
import { openTable } from "./tableFile.ts";
import { TABLE_OPTIONS, tableOptions } from "./tableOptions.ts";

const MOST_STEPS = 10_000;

/** Digits of a number in JSON beyond those that people see */
const NOISE = 4;

export const predictCommand: Command = {
  name: "predict",
  positionals: ["model.safetensors", "data.csv"],
  summary:
    "Forecasts the rows that come after the end of a table.\n" +
    "Rows beyond the model's horizon are forecast from its own forecasts; for that it must forecast all that it reads.",
  options: [
    {
      name: "steps",
      value: "<rows>",
      help: "rows to forecast (the model's horizon)",
      others: ["horizon", "rows", "n"],
    },
    { name: "csv", help: "print a table of comma-separated values" },
    ...TABLE_OPTIONS,
  ],
};

export async function predict(args: Args, io: Io): Promise<number> {
  const [modelPath, path] = args.positionals;
  const asked = args.integer("steps", 1, MOST_STEPS);
  if (args.has("csv") && args.has("json")) throw new CliError("--csv: choose it or --json");
  const model = await openModel(modelPath);
  const forecaster = forecasterOf(model, modelPath);
  const steps = asked ?? forecaster.horizon;
  expectSteps(forecaster, steps);
  const table = openTable(path, { ...forecaster.reading, ...tableOptions(args) });
  const series = toSeries(path, table, forecaster);
  const { window, targets } = forecaster;
  if (table.rows < window) {
    throw new CliError(`${path}: ${count(table.rows, "row")} are too few, the model reads the last ${window}`);
  }
  expectRecent(path, series, window);
  expectFilled(model, path, series, series.rows - window);
  const times = table.time?.next(steps) ?? [];
  const forecasts = forecastSteps(
    model,
    forecaster,
    series,
    times.map(({ wall }) => wall),
    steps,
  );

  const dates = times.map(({ text }) => text);
  const digits = targets.map(target => decimalsFor(table.numbers(target)));
  if (args.has("json")) {
    const rows = forecasts.map((values, i) => ({
      step: i + 1,
      ...(table.time ? { date: dates[i] } : {}),
      values: Object.fromEntries(targets.map((target, k) => [target, roundTo(values[k], digits[k] + NOISE)])),
    }));
    const { rows: read, notes } = table;
    printJson(io, { command: "predict", model: modelPath, data: path, rows: read, notes, forecasts: rows });
    return 0;
  }
  if (args.has("csv")) {
    const head = [table.time ? "date" : "step", ...targets].map(csvCell).join(",");
    const lines = forecasts.map((values, i) =>
      [dates[i] ?? i + 1, ...values.map((value, k) => roundTo(value, digits[k] + NOISE))].join(","),
    );
    print(io, [head, ...lines].join("\n"));
    return 0;
  }
  const after = table.time ? `, after ${table.time.show(table.rows - 1)}` : "";
  print(io, `${plain(path)}: ${count(table.rows, "row")}; the next ${steps}${after}:`);
  print(io, `${noteLines(table)}\n`.trimStart());
  const names = forecasts.map((_, i) => dates[i] ?? `+${i + 1}`);
  const body = forecasts.map((values, i) => [names[i], ...values.map((value, k) => showDecimals(value, digits[k]))]);
  print(
    io,
    drawTable(
      [table.time ? "date" : "row", ...targets.map(plain)],
      body,
      targets.map((_, k) => k + 1),
    ),
  );
  print(io, `\n${historyChart(io, series, forecaster, forecasts)}`);
  return 0;
}

/** A cell as spreadsheets read it. */
const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The window must not go across a time of which the table has nothing. */
function expectRecent(path: string, { rows, timeline }: Series, window: number): void {
  const last = timeline.breaks[timeline.breaks.length - 1] ?? 0;
  if (rows - last >= window) return;
  throw new CliError(
    `${path}: there is a gap before ${timeline.name(last)}, and ${count(rows - last, "row")} after it are too few: the model ` +
      `reads the last ${window}`,
  );
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
  const values = new (series.values.constructor as Float64ArrayConstructor)((window + steps) * columns);
  values.set(series.values.subarray((rows - window) * columns));
  const results: number[][] = [];
  while (results.length < steps) {
    const seen = values.subarray(results.length * columns, (results.length + window) * columns);
    const x = latestWindow({ shape: [window, columns], data: seen }, window, features);
    const end = { ...series, values: seen, rows: window };
    const last = lastValues(end, [window]);
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
  return drawChart(chart, hasColors(io), isAscii(io));
}
