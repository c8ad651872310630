/** `wasm-lstm evaluate`: the error of a model on the windows of a table that it has not learned from. */
import { Classifier } from "../forecast/index.ts";
import { evaluateClasses } from "./classes.ts";
import { count, plain } from "./format.ts";
import { type Io, print, printJson, say } from "./io.ts";
import { openForecaster } from "./modelFile.ts";
import { noteBlock } from "./notes.ts";
import type { Args, Command } from "./options.ts";
import { forecastChart, moreScores, scoreTable, seriesTable, stepTable } from "./report.ts";
import { openTable } from "./tableFile.ts";
import { readingOf, TABLE_OPTIONS } from "./tableOptions.ts";
import { inWords } from "./words.ts";

export const evaluateCommand: Command = {
  name: "evaluate",
  positionals: ["model.safetensors", "data.csv"],
  summary:
    "Forecasts from the windows of a table and compares with what followed, and with the last value.\n" +
    "Rows that the model has learned from are left out, unless there are no others.",
  options: TABLE_OPTIONS,
};

export async function evaluate(args: Args, io: Io): Promise<number> {
  const [modelPath, path] = args.positionals;
  const net = inWords(await openForecaster(modelPath), path);
  const table = openTable(path, readingOf(net, args), args.has("json") ? undefined : io);
  if (net instanceof Classifier) return evaluateClasses(net, modelPath, path, table, args, io);
  const { windows, seen, scores, series } = net.evaluate(table);
  if (args.has("json")) {
    const { rows, notes } = table;
    printJson(io, {
      command: "evaluate",
      model: modelPath,
      data: path,
      rows,
      windows,
      seen,
      notes,
      scores,
      ...(series && { series }),
    });
    return 0;
  }
  say(io, `${plain(path)}: ${count(table.rows, "row")}, ${count(windows, "forecast")}`);
  say(io, noteBlock(table));
  if (seen === windows) {
    say(io, "it has learned from all of these rows: their error says little about those to come\n");
  } else if (seen > 0) say(io, `left out: ${count(seen, "forecast")} of rows that it has learned from\n`);
  print(io, scoreTable(io, scores));
  say(io, `\n${moreScores(scores)}`);
  if (series) print(io, `\n${seriesTable(io, series)}`);
  if (scores[0].steps.length > 1) print(io, `\n${stepTable(io, scores)}`);
  print(io, `\n${forecastChart(io, net)}`);
  return 0;
}
