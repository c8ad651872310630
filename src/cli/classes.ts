/** Classes on the command line: `train`, `predict` and `evaluate` where what is to be forecast is a column of words, or of yes and no. */
import { basename } from "node:path";
import { holdsClasses } from "../forecast/classes.ts";
import { pastOf } from "../forecast/future.ts";
import { type Classifier, type ClassReport, classifier, type FitPlan } from "../forecast/index.ts";
import { showBytes } from "../models/summary.ts";
import type { Table } from "../table/index.ts";
import { chosenClass, classTables, part } from "./classReport.ts";
import { CliError } from "./error.ts";
import { count, csvCell, listNames, plain, shellWord, thousands } from "./format.ts";
import { type Io, print, printJson, say } from "./io.ts";
import { doneLine, INTERRUPTED, learnedJson, learnFrom } from "./learn.ts";
import { noteBlock, noteLines, spanOf, unusedLines } from "./notes.ts";
import type { Args } from "./options.ts";
import { classPageOf } from "./page/classPage.ts";
import { settingsOf } from "./settings.ts";
import { drawTable } from "./tables.ts";
import type { TrainOptions } from "./trainOptions.ts";
import { inWords } from "./words.ts";

/** Options of train that say nothing of classes */
const OTHERS = ["season", "seeds", "difference"];

/** Whether classes are to be learned: the target holds words, or yes and no, or --classes says so. */
export function isOfClasses(table: Table, target: string | undefined, args: Args): boolean {
  const column = table.columns.find(({ name }) => name === target);
  return column !== undefined && (args.has("classes") || holdsClasses(table, column.name));
}

export async function trainClasses(
  path: string,
  table: Table,
  options: TrainOptions,
  args: Args,
  io: Io,
): Promise<number> {
  const other = OTHERS.find(name => args.has(name));
  if (other !== undefined)
    throw new CliError(`--${other}: says nothing of classes, as ${options.target} has; leave it out`);
  const settings = settingsOf(path, table, options);
  const net = inWords(classifier({ ...settings, reading: options.table }), path);
  const learned = await learnFrom(net, table, options, io, plan => introduction(path, table, plan), {
    metadata: report => ({ classifier: net.spec, training: trainingOf(path, report, options) }),
    page: (report, origins) => classPageOf({ path, table, net, report, origins }),
  });
  if (!learned) return INTERRUPTED;
  const { report, origins, hasPage, exitCode, bytes } = learned;
  const { heldOut } = report;
  if (options.json) {
    printJson(io, learnedJson(net, learned, options, table));
    return exitCode;
  }
  if (!options.quiet) print(io);
  say(io, chosenClass(report).join("\n"));
  say(io, `${doneLine(report.seconds, learned, options.origins)}\n`);
  say(io, `held out: ${count(heldOut.windows, "forecast")} of rows that it had never seen\n`);
  print(io, classTables(io, heldOut, origins));
  if (hasPage && !options.quiet) say(io, `\nreport: ${plain(options.report ?? "")}`);
  const next = report.aborted ? "" : ", which has learned from all rows by now";
  say(io, `\nsaved ${plain(options.out)} (${showBytes(bytes)})${options.quiet ? "" : `${next}; next:`}`);
  if (!options.quiet) print(io, `  npx wasm-lstm predict ${shellWord(options.out)} ${shellWord(path)}`);
  return exitCode;
}

function introduction(
  path: string,
  table: Table,
  { classes, targets, features, known = [], window, horizon, calendar, parts }: FitPlan & { classes: string[] },
): string {
  const cycles = calendar?.cycles.map(cycle => `the time of ${cycle}`) ?? [];
  const inputs = [...features.filter(name => !known.includes(name)), ...cycles];
  const lines = [
    `${plain(path)}: ${count(table.rows, "row")}${spanOf(table)}`,
    noteLines(table),
    ...unusedLines(table, [...features, ...known, ...targets]),
    `learns which class of ${listNames(targets)} comes, ${listNames(classes)}, ${count(horizon, "row")} ahead, from the last ` +
      `${count(window, "row")} of ${listNames(inputs)}`,
    ...(known.length > 0 ? [`knows ${listNames(known)} of the rows to forecast`] : []),
    `trains on ${count(parts.train, "row")}, validates on the next ${thousands(parts.validation)}, is tested on the last ${thousands(parts.test)}` +
      (table.series ? ", each series by itself" : ""),
  ];
  return `${lines.filter(line => line !== "").join("\n")}\n`;
}

/** What the file tells about its training; no dates or times, so that the same run gives the same file. */
function trainingOf(path: string, { rows, epochs, by, validation, heldOut }: ClassReport, options: TrainOptions) {
  const { units, batchSize, learningRate, seed } = options;
  return { data: basename(path), rows, epochs, units, batchSize, learningRate, seed, by, validation, heldOut };
}

export function evaluateClasses(
  net: Classifier,
  model: string,
  path: string,
  table: Table,
  args: Args,
  io: Io,
): number {
  const { rows, seen, ...scores } = net.evaluate(table);
  if (args.has("json")) {
    printJson(io, { command: "evaluate", model, data: path, rows, seen, notes: table.notes, ...scores });
    return 0;
  }
  say(io, `${plain(path)}: ${count(rows, "row")}, ${count(scores.windows, "forecast")}`);
  say(io, noteBlock(table));
  if (seen === scores.windows)
    say(io, "it has learned from all of these rows: what is right of them says little about those to come\n");
  else if (seen > 0) say(io, `left out: ${count(seen, "forecast")} of rows that it has learned from\n`);
  print(io, classTables(io, scores));
  return 0;
}

export function predictClasses(
  net: Classifier,
  model: string,
  path: string,
  table: Table,
  future: Table | undefined,
  args: Args,
  io: Io,
): number {
  if (args.has("intervals")) throw new CliError("--intervals: classes have none; --csv tells the probability of each");
  const { target, classes, series } = net.spec;
  const forecasts = net.forecast(table, args.integer("steps", 1, 10_000), { future });
  if (args.has("json")) {
    const { rows, notes } = table;
    printJson(io, { command: "predict", model, data: path, rows, notes, target, forecasts });
    return 0;
  }
  const ids = series ? [series.columns.join(", ")] : [];
  const hasDates = forecasts[0].date !== undefined;
  const place = (each: (typeof forecasts)[number], step: string) => [
    ...(each.series === undefined ? [] : [each.series]),
    each.date ?? step,
  ];
  if (args.has("csv")) {
    const head = [...ids, hasDates ? "date" : "step", target, ...classes.map(name => `probability of ${name}`)];
    const lines = forecasts.map(each => [
      ...place(each, `${each.step}`),
      each.class,
      ...classes.map(name => each.probabilities[name].toFixed(4)),
    ]);
    print(io, [head, ...lines].map(cells => cells.map(csvCell).join(",")).join("\n"));
    return 0;
  }
  const past = pastOf(table, { ...net.spec, targets: [target] });
  const after = past.time ? `, after ${past.time.show(past.rows - 1)}` : "";
  say(io, `${plain(path)}: ${count(table.rows, "row")}; what comes next${after}:`);
  say(io, noteBlock(table));
  const others = classes.length > 2 ? classes : [];
  const body = forecasts.map(each => [
    ...place(each, `+${each.step}`).map(plain),
    plain(each.class),
    part(each.probability),
    ...others.map(name => part(each.probabilities[name])),
  ]);
  const heads = [...ids.map(plain), hasDates ? "date" : "row", plain(target), "probability", ...others.map(plain)];
  print(io, drawTable(io, heads, body, heads.map((_, i) => i).slice(ids.length + 2)));
  return 0;
}
