/** Classes on the command line: `train`, `predict` and `evaluate` where what is to be forecast is a column of words, or of yes and no. */
import { statSync } from "node:fs";
import { basename } from "node:path";
import { holdsClasses } from "../forecast/classes.ts";
import { pastOf } from "../forecast/future.ts";
import { type Classifier, type ClassReport, type ClassScores, classifier } from "../forecast/index.ts";
import { table as drawTable, showBytes } from "../models/summary.ts";
import { saveModelFile } from "../node.ts";
import type { Table } from "../table/index.ts";
import { CliError } from "./error.ts";
import { count, csvCell, listNames, plain, shellWord, thousands } from "./format.ts";
import { type Io, print, printJson } from "./io.ts";
import { noteLines, spanOf, unusedLines } from "./notes.ts";
import type { Args } from "./options.ts";
import { progress } from "./progress.ts";
import { settingsOf } from "./settings.ts";
import type { TrainOptions } from "./trainOptions.ts";
import { inWords } from "./words.ts";

const INTERRUPTED = 130;

/** Options of train that say nothing of classes */
const OTHERS = ["season", "seeds", "origins", "difference", "report"];

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
  const { target: targets, horizon, units, batchSize, learningRate, seed } = settings;
  const net = inWords(classifier({ ...settings, reading: options.table }), path);
  const signal = io.interrupt?.();
  const bar = progress(io);
  let report: ClassReport;
  try {
    report = await net.fit(table, {
      signal,
      onPlan: ({ classes, features: read, known: ahead = [], window: rows, calendar: found, parts }) => {
        if (options.quiet) return;
        const cycles = found?.cycles.map(cycle => `the time of ${cycle}`) ?? [];
        const inputs = [...read.filter(name => !ahead.includes(name)), ...cycles];
        const lines = [
          `${plain(path)}: ${count(table.rows, "row")}${spanOf(table)}`,
          noteLines(table),
          ...unusedLines(table, [...read, ...ahead, ...targets]),
          `learns which class of ${listNames(targets)} comes, ${listNames(classes)}, ${count(horizon, "row")} ahead, from the last ` +
            `${count(rows, "row")} of ${listNames(inputs)}`,
          ...(ahead.length > 0 ? [`knows ${listNames(ahead)} of the rows to forecast`] : []),
          `trains on ${count(parts.train, "row")}, validates on the next ${thousands(parts.validation)}, is tested on the last ${thousands(parts.test)}`,
        ];
        print(io, `${lines.filter(line => line !== "").join("\n")}\n`);
      },
      onStage: options.quiet ? undefined : bar.onStage,
    });
  } catch (error) {
    if (!signal?.aborted) throw error;
    io.stderr.write("wasm-lstm: stopped before the first epoch was done; nothing is saved\n");
    return INTERRUPTED;
  }
  if (!options.quiet) bar.clear();
  const { heldOut, aborted, by, validation, epochs: best } = report;
  const training = {
    data: basename(path),
    rows: report.rows,
    epochs: best,
    units,
    batchSize,
    learningRate,
    seed,
    by,
    validation,
    heldOut,
  };
  net.model.metadata = { classifier: net.spec, training };
  await saveModelFile(net.model, options.out);
  const bytes = statSync(options.out).size;
  if (options.json) {
    const { notes } = table;
    printJson(io, { command: "train", model: options.out, bytes, aborted, classifier: net.spec, training, notes });
    return aborted ? INTERRUPTED : 0;
  }
  const won = { last: "the last class", majority: "the most frequent class", network: "" }[by];
  if (won) print(io, `nothing was better than ${won}, by which it is forecast`);
  else print(io, `best was an LSTM of ${count(best, "epoch")}`);
  if (!won && heldOut.accuracy < Math.max(heldOut.majority, heldOut.last)) {
    print(io, "on the rows held out, a baseline was better; little can be known there");
  }
  print(io, `done in ${report.seconds.toFixed(1)} s${aborted ? ", stopped by Ctrl-C" : ""}\n`);
  print(io, `held out: ${count(heldOut.windows, "forecast")} of rows that it had never seen\n`);
  print(io, scoreLines(heldOut));
  print(io, `\nsaved ${plain(options.out)} (${showBytes(bytes)})${options.quiet ? "" : "; next:"}`);
  if (!options.quiet) print(io, `  npx wasm-lstm predict ${shellWord(options.out)} ${shellWord(path)}`);
  return aborted ? INTERRUPTED : 0;
}

const percent = (part: number | null): string => (part === null ? "" : `${(100 * part).toFixed(1)} %`);

/** Accuracy beside that of the baselines, then each class. */
function scoreLines({ accuracy, majority, last, steps, classes }: ClassScores): string {
  const own = [percent(accuracy), percent(majority), percent(last)];
  const all = drawTable(["right", "most frequent class", "last class"], [own], [0, 1, 2]);
  const each = drawTable(
    ["class", "rows", "forecast", "precision", "recall"],
    classes.map(({ class: name, rows, forecast, precision, recall }) => [
      plain(name),
      thousands(rows),
      thousands(forecast),
      percent(precision),
      percent(recall),
    ]),
    [1, 2, 3, 4],
  );
  const bySteps = drawTable(
    ["rows ahead", "right", "last class"],
    steps.map(step => [`${step.step}`, percent(step.accuracy), percent(step.last)]),
    [0, 1, 2],
  );
  return [all, each, ...(steps.length > 1 ? [bySteps] : [])].join("\n\n");
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
  print(io, `${plain(path)}: ${count(rows, "row")}, ${count(scores.windows, "forecast")}`);
  print(io, `${noteLines(table)}\n`.trimStart());
  if (seen === scores.windows)
    print(io, "it has learned from all of these rows: what is right of them says little about those to come\n");
  else if (seen > 0) print(io, `left out: ${count(seen, "forecast")} of rows that it has learned from\n`);
  print(io, scoreLines(scores));
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
  print(io, `${plain(path)}: ${count(table.rows, "row")}; what comes next${after}:`);
  print(io, `${noteLines(table)}\n`.trimStart());
  const others = classes.length > 2 ? classes : [];
  const body = forecasts.map(each => [
    ...place(each, `+${each.step}`).map(plain),
    plain(each.class),
    percent(each.probability),
    ...others.map(name => percent(each.probabilities[name])),
  ]);
  const heads = [...ids.map(plain), hasDates ? "date" : "row", plain(target), "probability", ...others.map(plain)];
  print(io, drawTable(heads, body, heads.map((_, i) => i).slice(ids.length + 2)));
  return 0;
}
