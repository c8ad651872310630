/** `wasm-lstm predict`: what comes after the end of a table. */
import type { Forecast } from "../forecast/index.ts";
import { table as drawTable } from "../models/summary.ts";
import type { Table } from "../table/index.ts";
import { drawChart } from "./chart.ts";
import { CliError } from "./error.ts";
import { count, decimalsFor, plain, roundTo, showDecimals } from "./format.ts";
import { hasColors, type Io, isAscii, print, printJson } from "./io.ts";
import { openForecaster } from "./modelFile.ts";
import { noteLines } from "./notes.ts";
import type { Args, Command } from "./options.ts";
import { chartColumns } from "./report.ts";
import { openTable } from "./tableFile.ts";
import { TABLE_OPTIONS, tableOptions } from "./tableOptions.ts";
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
  const { targets, horizon, reading } = net.spec;
  const steps = asked ?? horizon;
  net.expectSteps(steps);
  const table = openTable(path, { ...reading, ...tableOptions(args) });
  const digits = targets.map(target => decimalsFor(table.numbers(target)));
  const forecasts = net.forecast(table, steps);
  const hasEnds = forecasts[0].low !== undefined;
  const rounded = (numbers: Record<string, number>) =>
    Object.fromEntries(targets.map((target, k) => [target, roundTo(numbers[target], digits[k] + NOISE)]));
  if (args.has("json")) {
    const rows = forecasts.map(({ step, date, values, low, high }) => ({
      step,
      ...(date === undefined ? {} : { date }),
      values: rounded(values),
      ...(low && high ? { low: rounded(low), high: rounded(high) } : {}),
    }));
    const { rows: read, notes } = table;
    const { level } = net.spec.intervals;
    printJson(io, { command: "predict", model: modelPath, data: path, rows: read, notes, level, forecasts: rows });
    return 0;
  }
  if (args.has("csv")) {
    const more = hasEnds && args.has("intervals") ? targets.flatMap(target => [`${target} low`, `${target} high`]) : [];
    const head = [table.time ? "date" : "step", ...targets, ...more].map(csvCell).join(",");
    const lines = forecasts.map(({ step, date, values, low, high }) => {
      const ends =
        more.length > 0 && low && high ? targets.flatMap(target => [rounded(low)[target], rounded(high)[target]]) : [];
      return [date ?? step, ...targets.map(target => rounded(values)[target]), ...ends].join(",");
    });
    print(io, [head, ...lines].join("\n"));
    return 0;
  }
  const after = table.time ? `, after ${table.time.show(table.rows - 1)}` : "";
  print(io, `${plain(path)}: ${count(table.rows, "row")}; the next ${steps}${after}:`);
  print(io, `${noteLines(table)}\n`.trimStart());
  const level = Math.round(100 * net.spec.intervals.level);
  const body = forecasts.map(({ step, date, values, low, high }) => [
    date ?? `+${step}`,
    ...targets.flatMap((target, k) => {
      const show = (value: number) => showDecimals(value, digits[k]);
      return [show(values[target]), ...(low && high ? [`${show(low[target])} to ${show(high[target])}`] : [])];
    }),
  ]);
  const heads = targets.flatMap(target => [plain(target), ...(hasEnds ? [`${level} % of values`] : [])]);
  const columns = heads.map((_, k) => k + 1);
  print(io, drawTable([table.time ? "date" : "row", ...heads], body, columns));
  print(io, `\n${historyChart(io, table, targets[0], forecasts, net.spec.intervals.level)}`);
  return 0;
}

/** A cell as spreadsheets read it. */
const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** The end of the first target's history, and its forecast. */
function historyChart(io: Io, table: Table, target: string, forecasts: readonly Forecast[], level: number): string {
  const ahead = forecasts.slice(0, chartColumns(io) >> 1);
  const past = Math.min(table.rows, chartColumns(io) - ahead.length);
  const after = (values: number[]) => [...new Array<number>(past).fill(NaN), ...values];
  const [low, high] = (["low", "high"] as const).map(end => after(ahead.map(each => each[end]?.[target] ?? NaN)));
  const chart = {
    title: plain(target),
    truth: Array.from(table.numbers(target).subarray(table.rows - past)),
    forecast: after(ahead.map(({ values }) => values[target])),
    interval: ahead[0].low ? { level, low, high } : null,
  };
  return drawChart(chart, hasColors(io), isAscii(io));
}
