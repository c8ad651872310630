/** The options of `wasm-lstm train`, and the defaults that suit most tables. */
import { LARGEST_TEST } from "../forecast/split.ts";
import type { TableOptions } from "../table/index.ts";
import type { Args, Command } from "./options.ts";
import { SERIES_OPTION, TABLE_OPTIONS, tableOptions } from "./tableOptions.ts";

export const trainCommand: Command = {
  name: "train",
  positionals: ["data.csv"],
  summary:
    "Learns to forecast columns of a table, and saves what it has learned as one file.\n" +
    "The table is a text file, gzipped or not, or - for standard input; a row is a time step. How it is to be read is\n" +
    "found out, and each guess said in a line. An LSTM on top of a linear path, the linear path, the value a season\n" +
    "before and the last value are compared, on rows before the latest, which are held out: the error on them is\n" +
    "reported next to that of the others. Then all rows are learned from.",
  options: [
    { name: "target", value: "<names>", help: "columns to forecast, separated by commas, or all (required)" },
    SERIES_OPTION,
    {
      name: "features",
      value: "<names>",
      help: "columns to learn from (all of numbers, of yes and no, and of few words)",
    },
    {
      name: "known",
      value: "<names>",
      help: "columns that are known for the rows to forecast, such as holidays",
      others: ["future", "exogenous", "regressors"],
    },
    {
      name: "window",
      value: "<rows>",
      help: "rows that are read (30; more for a long season, fewer for a short table)",
    },
    { name: "horizon", value: "<rows>", help: "rows that are forecast (1)" },
    { name: "season", value: "<rows>", help: "rows after which the series repeats itself, 1 for none (found)" },
    { name: "units", value: "<n>", help: "size of the LSTM (32)" },
    { name: "epochs", value: "<n>", help: "most passes over the data (12; more for a short table)" },
    { name: "batch-size", value: "<n>", help: "windows in a step of training (32)" },
    {
      name: "max-windows",
      value: "<n>",
      help: "windows of a large table that are learned from (5,000 to 150,000, by epochs and window)",
      others: ["windows", "all-windows", "samples"],
    },
    { name: "learning-rate", value: "<x>", help: "of Adam at the start; it falls to 0 along a cosine (0.003)" },
    { name: "seed", value: "<n>", help: "the same seed gives the same model (0)" },
    { name: "seeds", value: "<n>", help: "networks of several seeds, whose mean counts (3 for a short table, else 1)" },
    { name: "test", value: "<share>", help: "part of the rows, the latest, kept for the test (0.2)" },
    { name: "origins", value: "<n>", help: "also learn anew at so many times of the test, from the rows before each" },
    { name: "difference", value: "<how>", help: "the network learns changes rather than values: yes, no, auto (auto)" },
    { name: "no-calendar", help: "do not use the season in a column of dates" },
    { name: "classes", help: "learn which class comes, of a target of few numbers too (of words, yes and no: always)" },
    { name: "out", value: "<file>", help: "where the model goes (model.safetensors)" },
    {
      name: "report",
      value: "<file>",
      help: "also a page for a browser: forecast, errors, curves, what each input brings",
    },
    { name: "quiet", help: "print the error and where the model is, without guesses, epochs and chart" },
    ...TABLE_OPTIONS,
  ],
};

export interface TrainOptions {
  target: string | undefined;
  features: string | undefined;
  known: string | undefined;
  window: number | undefined;
  season: number | undefined;
  horizon: number;
  units: number;
  epochs: number | undefined;
  batchSize: number;
  maxWindows: number | undefined;
  learningRate: number;
  seed: number;
  seeds: number | undefined;
  test: number;
  origins: number | undefined;
  difference: "yes" | "no" | "auto";
  calendar: boolean;
  out: string;
  report: string | undefined;
  json: boolean;
  quiet: boolean;
  table: TableOptions;
}

/** @throws CliError for a bad value */
export function trainOptions(args: Args): TrainOptions {
  const json = args.has("json");
  return {
    target: args.text("target"),
    features: args.text("features"),
    known: args.text("known"),
    window: args.integer("window", 1, 10_000),
    season: args.integer("season", 1, 10_000),
    horizon: args.integer("horizon", 1, 10_000) ?? 1,
    units: args.integer("units", 1, 4096) ?? 32,
    epochs: args.integer("epochs", 1, 1_000_000),
    batchSize: args.integer("batch-size", 1, 65_536) ?? 32,
    maxWindows: args.integer("max-windows", 1000, 100_000_000),
    learningRate: args.number("learning-rate", 0, 1) ?? 0.003,
    seed: args.integer("seed", 0, 0xffff_ffff) ?? 0,
    seeds: args.integer("seeds", 1, 100),
    test: args.number("test", 0, LARGEST_TEST) ?? 0.2,
    origins: args.integer("origins", 1, 1000),
    difference: args.oneOf("difference", ["yes", "no", "auto"]) ?? "auto",
    calendar: !args.has("no-calendar"),
    out: args.text("out") ?? "model.safetensors",
    report: args.text("report"),
    json,
    quiet: json || args.has("quiet"),
    table: tableOptions(args),
  };
}
