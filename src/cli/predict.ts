/** `wasm-lstm predict`: what comes after the end of a table. */
import { pastOf } from "../forecast/future.ts";
import { Classifier, type Forecast, Forecaster } from "../forecast/index.ts";
import type { Table } from "../table/index.ts";
import { drawChart } from "./chart.ts";
import { predictClasses } from "./classes.ts";
import { CliError } from "./error.ts";
import { count, csvCell, decimalsFor, plain, roundTo, showDecimals } from "./format.ts";
import { hasColors, type Io, isAscii, print, printJson, say } from "./io.ts";
import { openForecaster } from "./modelFile.ts";
import { noteBlock } from "./notes.ts";
import type { Args, Command } from "./options.ts";
import { chartColumns } from "./report.ts";
import { openTable } from "./tableFile.ts";
import { readingOf, TABLE_OPTIONS, tableOptions } from "./tableOptions.ts";
import { columnsOf, drawTable } from "./tables.ts";
import { inWords } from "./words.ts";

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
    {
      name: "future",
      value: "<file>",
      help: "rows to forecast, with the columns that are known ahead (rows at the end of the data, with no target)",
      others: ["known"],
    },
    { name: "csv", help: "print a table of comma-separated values" },
    { name: "intervals", help: "with --csv: the ends of the intervals too" },
    ...TABLE_OPTIONS,
  ],
};

export async function predict(args: Args, io: Io): Promise<number> {
  const [modelPath, path] = args.positionals;
  const asked = args.integer("steps", 1, MOST_STEPS);
  if (args.has("csv") && args.has("json")) throw new CliError("--csv: choose it or --json");
  const net = inWords(await openForecaster(modelPath), path);
  if (net instanceof Forecaster) net.expectSteps(asked ?? net.spec.horizon);
  const table = openTable(path, readingOf(net, args), args.has("json") || args.has("csv") ? undefined : io);
  const future = futureOf(args, net, table);
  if (net instanceof Classifier) return predictClasses(net, modelPath, path, table, future, args, io);
  const { targets, horizon, series } = net.spec;
  const steps = asked ?? horizon;
  const forecasts = net.forecast(table, steps, { future });
  const digits = digitsOf(table, targets);
  const hasEnds = forecasts[0].low !== undefined;
  const rounded = (numbers: Record<string, number>, { series }: Forecast) =>
    Object.fromEntries(targets.map((target, k) => [target, roundTo(numbers[target], digits(series)[k] + NOISE)]));
  if (args.has("json")) {
    const rows = forecasts.map(row => {
      const { values, low, high, ...place } = row;
      return {
        ...place,
        values: rounded(values, row),
        ...(low && high ? { low: rounded(low, row), high: rounded(high, row) } : {}),
      };
    });
    const { rows: read, notes } = table;
    const { level } = net.spec.intervals;
    printJson(io, { command: "predict", model: modelPath, data: path, rows: read, notes, level, forecasts: rows });
    return 0;
  }
  const hasDates = forecasts[0].date !== undefined;
  const ids = series ? [series.columns.join(", ")] : [];
  if (args.has("csv")) {
    const more = hasEnds && args.has("intervals") ? targets.flatMap(target => [`${target} low`, `${target} high`]) : [];
    const head = [...ids, hasDates ? "date" : "step", ...targets, ...more].map(csvCell).join(",");
    const lines = forecasts.map(row => {
      const { step, date, values, low, high } = row;
      const [lows, highs, own] = [rounded(low ?? {}, row), rounded(high ?? {}, row), rounded(values, row)];
      const ends = more.length > 0 ? targets.flatMap(target => [lows[target], highs[target]]) : [];
      const name = row.series === undefined ? [] : [csvCell(row.series)];
      return [...name, date ?? step, ...targets.map(target => own[target]), ...ends].join(",");
    });
    print(io, [head, ...lines].join("\n"));
    return 0;
  }
  const past = pastOf(table, net.spec);
  const after = past.time ? `, after ${past.time.show(past.rows - 1)}` : "";
  const of = table.series ? ` of each of ${count(forecasts.length / steps, "series", "series")}` : "";
  say(io, `${plain(path)}: ${count(table.rows, "row")}; the next ${steps}${of}${after}:`);
  say(io, noteBlock(table));
  const level = Math.round(100 * net.spec.intervals.level);
  const body = forecasts.map(({ series, step, date, values, low, high }) => [
    ...(series === undefined ? [] : [plain(series)]),
    date ?? `+${step}`,
    ...targets.flatMap((target, k) => {
      const show = (value: number) => showDecimals(value, digits(series)[k]);
      return [show(values[target]), ...(low && high ? [`${show(low[target])} to ${show(high[target])}`] : [])];
    }),
  ]);
  const heads = targets.flatMap(target => [plain(target), ...(hasEnds ? [`${level} % of values`] : [])]);
  const columns = heads.map((_, k) => k + 1 + ids.length);
  print(io, drawTable(io, [...ids.map(plain), hasDates ? "date" : "row", ...heads], body, columns));
  // Of several series the first one.
  const own = forecasts.slice(0, steps);
  const history = table.series?.parts.find(({ name }) => name === own[0].series)?.table ?? past;
  print(io, `\n${historyChart(io, pastOf(history, net.spec), targets[0], own, net.spec.intervals.level)}`);
  return 0;
}

/** The rows to forecast, in a file of their own: read as those before them. */
function futureOf(args: Args, { spec }: Forecaster | Classifier, table: Table): Table | undefined {
  const path = args.text("future");
  if (path === undefined || spec.known.length === 0) return path === undefined ? undefined : table;
  const time = (table.series?.parts[0].table ?? table).time?.columns ?? null;
  const series = spec.series && { series: spec.series.columns };
  return openTable(path, { ...table.found, ...spec.reading, ...series, ...tableOptions(args), time });
}

/** Digits that matter of each target; each of several series has its own. */
function digitsOf(table: Table, targets: readonly string[]): (series?: string) => number[] {
  const of = (each: Table) => targets.map(target => decimalsFor(each.numbers(target)));
  const all = new Map(table.series?.parts.map(({ name, table }) => [name, of(table)]));
  const one = of(table);
  return series => (series === undefined ? one : (all.get(series) ?? one));
}

/** The end of the first target's history, and its forecast. */
function historyChart(io: Io, table: Table, target: string, forecasts: readonly Forecast[], level: number): string {
  const ahead = forecasts.slice(0, chartColumns(io) >> 1);
  const past = Math.min(table.rows, chartColumns(io) - ahead.length);
  const after = (values: number[]) => [...new Array<number>(past).fill(NaN), ...values];
  const [low, high] = (["low", "high"] as const).map(end => after(ahead.map(each => each[end]?.[target] ?? NaN)));
  const chart = {
    title: `${forecasts[0].series === undefined ? "" : `${plain(forecasts[0].series)}: `}${plain(target)}`,
    truth: Array.from(table.numbers(target).subarray(table.rows - past)),
    forecast: after(ahead.map(({ values }) => values[target])),
    interval: ahead[0].low ? { level, low, high } : null,
  };
  return drawChart(chart, hasColors(io), isAscii(io), columnsOf(io));
}
