/** `wasm-lstm evaluate`: the error of a model on every window of a table. */
import { CliError } from "./error.ts";
import { expectFilled } from "./filled.ts";
import { type Forecaster, forecast, forecasterOf } from "./forecaster.ts";
import { count, plain } from "./format.ts";
import { type Io, print, printJson } from "./io.ts";
import { openModel } from "./modelFile.ts";
import { noteLines } from "./notes.ts";
import type { Args, Command } from "./options.ts";
import { forecastChart, scoreTable } from "./report.ts";
import { score } from "./score.ts";
import { lastValues, toSeries, windowsOf } from "./series.ts";
import { openTable } from "./tableFile.ts";
import { TABLE_OPTIONS, tableOptions } from "./tableOptions.ts";

export const evaluateCommand: Command = {
  name: "evaluate",
  positionals: ["model.safetensors", "data.csv"],
  summary: "Forecasts from every window of a table and compares with what followed, and with the last value.",
  options: TABLE_OPTIONS,
};

export async function evaluate(args: Args, io: Io): Promise<number> {
  const [modelPath, path] = args.positionals;
  const model = await openModel(modelPath);
  const forecaster = forecasterOf(model, modelPath);
  const table = openTable(path, { ...forecaster.reading, ...tableOptions(args) });
  const series = toSeries(path, table, forecaster);
  expectRows(path, table.rows, forecaster);
  const { x, y, index } = windowsOf(series, forecaster);
  if (index.length === 0) throw new CliError(`${path}: gaps and missing values leave no window to forecast from`);
  expectFilled(model, path, series);
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
      notes: table.notes,
      scores,
    });
    return 0;
  }
  print(io, `${plain(path)}: ${count(table.rows, "row")}, ${count(index.length, "forecast")}`);
  print(io, `${noteLines(table)}\n`.trimStart());
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
