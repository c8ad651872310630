/** `wasm-lstm train`: learns to forecast columns of a table, says how well, and saves the model. */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { showBytes } from "../models/summary.ts";
import { saveModelFile } from "../node.ts";
import type { Table } from "../table/index.ts";
import { chooseForecaster, hasTrend, type Parts, splitRows } from "./forecast.ts";
import { type Forecaster, forecast } from "./forecaster.ts";
import { count, listNames, plain, shellWord, thousands } from "./format.ts";
import { type Io, print, printJson } from "./io.ts";
import { learn, trainingSummary } from "./learn.ts";
import { expectWritable } from "./modelFile.ts";
import { noteLines, unusedLines } from "./notes.ts";
import type { Args } from "./options.ts";
import { forecastChart, scoreTable } from "./report.ts";
import { score } from "./score.ts";
import { lastValues, type Series, toSeries } from "./series.ts";
import { openTable } from "./tableFile.ts";
import { trainOptions } from "./trainOptions.ts";

/** The exit code after Ctrl-C. */
const INTERRUPTED = 130;

export async function train(args: Args, io: Io): Promise<number> {
  const options = trainOptions(args);
  const [path] = args.positionals;
  const table = openTable(path, options.table);
  await expectWritable(options.out, path);
  const forecaster = chooseForecaster(path, table, options);
  const series = toSeries(path, table, forecaster);
  const parts = splitRows(path, series.rows, forecaster, options.test);
  if (options.difference === "auto") forecaster.difference = hasTrend(series, parts);
  if (!options.quiet) print(io, introduction(path, table, forecaster, series, parts));

  const { model, history, test } = await learn(series, forecaster, parts, options, io);
  const aborted = history.stopReason === "aborted";
  if (history.history.valLoss === undefined) {
    io.stderr.write("wasm-lstm: stopped before the first epoch was done; nothing is saved\n");
    return INTERRUPTED;
  }

  const last = lastValues(series, test.index);
  const forecasts = forecast(model, forecaster, test.x, last);
  const scores = score(forecaster, test.y.data, forecasts, last);
  const training = {
    data: basename(path),
    rows: { total: series.rows, ...parts },
    ...trainingSummary(history, options),
    heldOut: { windows: test.index.length, scores },
  };
  model.metadata = { forecaster, training };
  await saveModelFile(model, options.out);
  const bytes = statSync(options.out).size;

  if (options.json) {
    const seconds = Math.round(history.seconds * 1000) / 1000;
    const { notes } = table;
    printJson(io, { command: "train", model: options.out, bytes, seconds, aborted, forecaster, training, notes });
    return aborted ? INTERRUPTED : 0;
  }
  const { epochs, bestEpoch } = training;
  const reason = aborted ? "stopped by Ctrl-C" : history.stopReason;
  const time = `${history.seconds.toFixed(1)} s`;
  if (!options.quiet) print(io);
  print(io, `trained ${count(epochs, "epoch")} in ${time} (${reason}); kept the weights of epoch ${bestEpoch}`);
  print(io, `\nheld out: ${count(test.index.length, "forecast")} of rows that it has never seen\n`);
  print(io, scoreTable(scores));
  if (options.quiet) {
    print(io, `\nsaved ${plain(options.out)} (${showBytes(bytes)})`);
    return aborted ? INTERRUPTED : 0;
  }
  if (scores.some(({ improvementPercent: better }) => better !== null && better < 0))
    print(io, `\n${advice(forecaster)}`);
  print(io, `\n${forecastChart(io, series, forecaster, test.index, forecasts)}`);
  print(io, `\nsaved ${plain(options.out)} (${showBytes(bytes)}); next:`);
  print(io, `  npx wasm-lstm predict ${shellWord(options.out)} ${shellWord(path)}`);
  return aborted ? INTERRUPTED : 0;
}

function introduction(
  path: string,
  table: Table,
  { features, targets, window, horizon, calendar, difference }: Forecaster,
  { hasMissing }: Series,
  parts: Parts,
): string {
  const { time } = table;
  const span = time ? `, ${time.show(0)} to ${time.show(table.rows - 1)}, ${time.rhythm.name}` : "";
  const season = calendar?.cycles.map(cycle => `the time of ${cycle}`) ?? [];
  const goal = `${difference ? "the change of " : ""}${listNames(targets)}, ${count(horizon, "row")} ahead`;
  return [
    `${plain(path)}: ${count(table.rows, "row")}${span}`,
    ...[noteLines(table), ...unusedLines(table, [...features, ...targets])].filter(line => line !== ""),
    `learns to forecast ${goal}, from the last ${count(window, "row")} of ${listNames([...features, ...season])}`,
    ...(hasMissing ? ["takes the last known value where one is missing, and does not forecast those that are"] : []),
    `trains on ${count(parts.train, "row")}, validates on the next ${thousands(parts.validation)}, is tested on the last ${thousands(parts.test)}`,
    "",
  ].join("\n");
}

/** For a model that is worse than no model. */
function advice({ difference }: Forecaster): string {
  const change = difference ? "" : ", or --difference yes if the series has a trend";
  return `A last value is hard to beat where little can be known: try other --features, another --window${change}.`;
}
