/** `wasm-lstm train`: learns to forecast columns of a table, says how well, and saves what it has learned. */
import { basename } from "node:path";
import { listNames as describeNames } from "../describe.ts";
import { type FitPlan, forecaster, type HeldOut, type Report } from "../forecast/index.ts";
import { showBytes } from "../models/summary.ts";
import type { Table } from "../table/index.ts";
import { oneColumn } from "../table/table.ts";
import { sayTimesInNames } from "../table/wide.ts";
import { chosenLines, chosenName } from "./chosen.ts";
import { isOfClasses, trainClasses } from "./classes.ts";
import { numeric } from "./columns.ts";
import { CliError } from "./error.ts";
import { count, listNames, plain, shellWord, thousands } from "./format.ts";
import { type Io, print, printJson, say } from "./io.ts";
import { doneLine, expectOutputs, INTERRUPTED, learnedJson, learnFrom } from "./learn.ts";
import { noteLines, spanOf, unusedLines } from "./notes.ts";
import type { Args } from "./options.ts";
import { pageOf } from "./page/page.ts";
import { forecastChart, moreScores, originTable, scoreTable, seriesTable, stepTable } from "./report.ts";
import { settingsOf } from "./settings.ts";
import { openTable } from "./tableFile.ts";
import { type TrainOptions, trainOptions } from "./trainOptions.ts";
import { inWords } from "./words.ts";

export async function train(args: Args, io: Io): Promise<number> {
  const options = trainOptions(args);
  const [path] = args.positionals;
  const table = openTable(path, options.table, options.quiet ? undefined : io);
  await expectOutputs(options, path);
  if (isOfClasses(table, options.target, args)) return trainClasses(path, table, options, args, io);
  const net = inWords(forecaster({ ...settingsFrom(path, table, options), reading: options.table }), path);
  const learned = await learnFrom(net, table, options, io, plan => introduction(path, table, plan), {
    metadata: report => ({ forecaster: net.spec, training: trainingOf(path, report, options) }),
    page: (report, origins) => pageOf({ path, table, net, report, origins }),
  });
  if (!learned) return INTERRUPTED;
  const { report, origins, hasPage, exitCode, bytes } = learned;
  const { heldOut, aborted } = report;
  if (options.json) {
    const seconds = Math.round(report.seconds * 1000) / 1000;
    printJson(io, { ...learnedJson(net, learned, options, table), seconds });
    return exitCode;
  }
  if (!options.quiet) print(io);
  say(io, chosenLines(report));
  say(io, doneLine(report.seconds, learned, options.origins));
  say(io, `\nheld out: ${count(heldOut.windows, "forecast")} of rows that it had never seen\n`);
  print(io, scoreTable(io, heldOut.scores));
  if (!options.quiet) say(io, `\n${moreScores(heldOut.scores)}`);
  if (heldOut.series && !options.quiet) print(io, `\n${seriesTable(io, heldOut.series)}`);
  if (origins) print(io, `\n${originTable(io, origins)}`);
  if (hasPage && !options.quiet) say(io, `\nreport: ${plain(options.report ?? "")}`);
  if (options.quiet) {
    print(io, `\nsaved ${plain(options.out)} (${showBytes(bytes)})`);
    return exitCode;
  }
  if (heldOut.scores[0].steps.length > 1) print(io, `\n${stepTable(io, heldOut.scores)}`);
  print(io, `\n${forecastChart(io, net)}`);
  const whole = aborted ? "" : ", which has learned from all rows by now";
  say(io, `\nsaved ${plain(options.out)} (${showBytes(bytes)})${whole}; next:`);
  print(io, `  npx wasm-lstm predict ${shellWord(options.out)} ${shellWord(path)}`);
  return exitCode;
}

const NETWORKS = { yes: "changes", no: "levels", auto: "auto" } as const;

/** @throws CliError for columns that the table does not have */
function settingsFrom(path: string, table: Table, options: TrainOptions) {
  if (options.target === undefined) {
    const names = numeric(table.columns);
    const wide = sayTimesInNames(table.columns.map(({ name }) => name));
    throw new CliError(
      `expected --target and a column to forecast: ${names.length > 0 ? describeNames(names) : "the table has no numbers"}` +
        `${wide ? `; ${wide}` : ""}${oneColumn(table, "--delimiter :")}`,
    );
  }
  const { season, seeds, difference } = options;
  return {
    ...settingsOf(path, table, options),
    network: NETWORKS[difference],
    ...(season === undefined ? {} : { season }),
    ...(seeds === undefined ? {} : { seeds }),
  };
}

function introduction(
  path: string,
  table: Table,
  {
    features,
    targets,
    window,
    horizon,
    calendar,
    categories,
    silent,
    known = [],
    seasons,
    parts,
    hasMissing,
    fromZero = [],
  }: FitPlan,
): string {
  const span = spanOf(table);
  const cycles = calendar?.cycles.map(cycle => `the time of ${cycle}`) ?? [];
  const found = [...new Set(seasons)].flatMap(season =>
    season > 1 ? [`${listNames(targets.filter((_, k) => seasons[k] === season))} every ${season} rows`] : [],
  );
  return [
    `${plain(path)}: ${count(table.rows, "row")}${span}`,
    ...[noteLines(table), ...unusedLines(table, [...features, ...known, ...targets], silent)].filter(
      line => line !== "",
    ),
    `learns to forecast ${listNames(targets)}, ${count(horizon, "row")} ahead, from the last ${count(window, "row")} of ` +
      listNames([...features.filter(name => !known.includes(name)), ...cycles]),
    ...(known.length > 0 ? [`knows ${listNames(known)} of the rows to forecast`] : []),
    ...wideLines(table, targets),
    ...(categories ?? []).flatMap(({ column, words }) =>
      words ? [`  ${plain(column)} is one of its words: ${words.map(plain).join(", ")}`] : [],
    ),
    ...(found.length > 0 ? [`repeats itself: ${found.join(", ")}`] : []),
    ...(fromZero.length > 0 ? [`takes ${listNames(fromZero)} as never below 0, and forecasts no less`] : []),
    ...(hasMissing ? ["takes the last known value where one is missing, and does not forecast those that are"] : []),
    `trains on ${count(parts.train, "row")}, validates on the next ${thousands(parts.validation)}, is tested on the last ${thousands(parts.test)}` +
      (table.series ? ", each series by itself" : ""),
    "",
  ].join("\n");
}

/** That a table is wide: each column of numbers a series. */
function wideLines(table: Table, targets: readonly string[]): string[] {
  const all = numeric(table.columns);
  const isWide = all.length > 2 && all.every(name => targets.includes(name));
  return isWide ? [`a wide table: each of its ${all.length} columns is a series, forecast from all of them`] : [];
}

/** What the file tells about its training; no dates or times, so that the same run gives the same file. */
function trainingOf(
  path: string,
  { rows, targets, networks, epochs, seeds, heldOut, aborted }: Report,
  options: TrainOptions,
) {
  const { units, batchSize, learningRate, seed } = options;
  return {
    data: basename(path),
    rows,
    epochs,
    bestEpoch: networks[0]?.epochs ?? 0,
    stopReason: aborted ? "aborted" : "completed",
    units,
    batchSize,
    learningRate,
    seed,
    seeds,
    chosen: targets.map(({ target, baseline, season, shares, errors }) => ({
      target,
      by: chosenName({ baseline, shares }, networks),
      season,
      shares,
      validation: errors,
    })),
    heldOut: shortened(heldOut),
  };
}

/** Without what many series would fill the file with: their errors by step. */
const shortened = ({ series, ...all }: HeldOut) => ({
  ...all,
  ...(series && {
    series: series.map(each => ({ ...each, scores: each.scores.map(({ steps: _, ...score }) => score) })),
  }),
});
