/** `wasm-lstm evaluate`: the error of a model on every window of a table. */
import { readTable } from "./csv.ts";
import { CliError } from "./error.ts";
import { type Forecaster, forecast, forecasterOf } from "./forecaster.ts";
import { count, plain } from "./format.ts";
import { type Io, print, printJson } from "./io.ts";
import { openModel } from "./modelFile.ts";
import type { Args, Command } from "./options.ts";
import { forecastChart, scoreTable } from "./report.ts";
import { score } from "./score.ts";
import { lastValues, toSeries, windowsOf } from "./series.ts";

export const evaluateCommand: Command = {
  name: "evaluate",
  positionals: ["model.safetensors", "data.csv"],
  summary: "Forecasts from every window of a table and compares with what followed, and with the last value.",
  options: [],
};

export async function evaluate(args: Args, io: Io): Promise<number> {
  const [modelPath, path] = args.positionals;
  const model = await openModel(modelPath);
  const forecaster = forecasterOf(model, modelPath);
  const table = readTable(path);
  const series = toSeries(table, forecaster);
  expectRows(path, table.rows, forecaster);
  const { x, y, index } = windowsOf(series, forecaster);
  const last = lastValues(series, index);
  const forecasts = forecast(model, forecaster, x, last);
  const scores = score(forecaster, y.data, forecasts, last);
  if (args.has("json")) {
    printJson(io, {
      command: "evaluate",
      model: modelPath,
      data: path,
      rows: table.rows,
      windows: index.length,
      scores,
    });
    return 0;
  }
  print(io, `${plain(path)}: ${count(table.rows, "row")}, ${count(index.length, "forecast")}\n`);
  print(io, scoreTable(scores));
  print(io, `\n${forecastChart(io, series, forecaster, index, forecasts)}`);
  return 0;
}

function expectRows(path: string, rows: number, { window, horizon }: Forecaster): void {
  if (rows >= window + horizon) return;
  throw new CliError(
    `${path}: ${count(rows, "row")} are too few, at least ${window + horizon} are needed: ` +
      `the model reads ${window} and forecasts ${horizon}`,
  );
}
