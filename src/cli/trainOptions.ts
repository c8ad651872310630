/** The options of `wasm-lstm train`, and the defaults that suit most tables. */
import type { TableOptions } from "../table/index.ts";
import type { Args, Command } from "./options.ts";
import { TABLE_OPTIONS, tableOptions } from "./tableOptions.ts";

export const trainCommand: Command = {
  name: "train",
  positionals: ["data.csv"],
  summary:
    "Trains an LSTM to forecast columns of a table, and saves it as one file.\n" +
    "The table is a text file, gzipped or not, or - for standard input; a row is a time step. How it is to be read is\n" +
    "found out, and each guess said in a line. The latest rows are held out: the error on them is reported next to that\n" +
    "of the naive forecast, the last value.",
  options: [
    { name: "target", value: "<names>", help: "columns to forecast, separated by commas (required)" },
    { name: "features", value: "<names>", help: "columns to learn from (all columns of numbers, and of yes and no)" },
    { name: "window", value: "<rows>", help: "rows that the network sees (30)" },
    { name: "horizon", value: "<rows>", help: "rows that it forecasts (1)" },
    { name: "units", value: "<n>", help: "size of the LSTM (32)" },
    { name: "epochs", value: "<n>", help: "most passes over the data (20; more for a short table)" },
    { name: "batch-size", value: "<n>", help: "windows in a step of training (32)" },
    { name: "learning-rate", value: "<x>", help: "of Adam at the start; it falls to 0 along a cosine (0.005)" },
    { name: "seed", value: "<n>", help: "the same seed gives the same model (0)" },
    { name: "test", value: "<share>", help: "part of the rows, the latest, kept for the test (0.2)" },
    { name: "difference", value: "<how>", help: "forecast changes rather than values: yes, no, auto (auto)" },
    { name: "no-calendar", help: "do not use the season in a column of dates" },
    { name: "out", value: "<file>", help: "where the model goes (model.safetensors)" },
    { name: "quiet", help: "print the error and where the model is, without guesses, epochs and chart" },
    ...TABLE_OPTIONS,
  ],
};

/** Steps of training that a small network needs, and the epochs that may be taken for them. */
const STEPS = 500;
const FEWEST_EPOCHS = 20;
const MOST_EPOCHS = 100;

/** Of the rows, for the test. */
export const LARGEST_TEST = 0.5;

export interface TrainOptions {
  target: string | undefined;
  features: string | undefined;
  window: number;
  horizon: number;
  units: number;
  epochs: number | undefined;
  batchSize: number;
  learningRate: number;
  seed: number;
  test: number;
  difference: "yes" | "no" | "auto";
  calendar: boolean;
  out: string;
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
    window: args.integer("window", 1, 10_000) ?? 30,
    horizon: args.integer("horizon", 1, 10_000) ?? 1,
    units: args.integer("units", 1, 4096) ?? 32,
    epochs: args.integer("epochs", 1, 1_000_000),
    batchSize: args.integer("batch-size", 1, 65_536) ?? 32,
    learningRate: args.number("learning-rate", 0, 1) ?? 0.005,
    seed: args.integer("seed", 0, 0xffff_ffff) ?? 0,
    test: args.number("test", 0, LARGEST_TEST) ?? 0.2,
    difference: args.oneOf("difference", ["yes", "no", "auto"]) ?? "auto",
    calendar: !args.has("no-calendar"),
    out: args.text("out") ?? "model.safetensors",
    json,
    quiet: json || args.has("quiet"),
    table: tableOptions(args),
  };
}

/** Epochs when none are asked for: a table with few windows needs more passes. */
export function defaultEpochs(windows: number, batchSize: number): number {
  return Math.min(MOST_EPOCHS, Math.max(FEWEST_EPOCHS, Math.ceil(STEPS / Math.ceil(windows / batchSize))));
}

/** Epochs without improvement after which training ends. */
export function patienceFor(epochs: number): number {
  return Math.min(50, Math.max(5, Math.ceil(epochs / 4)));
}
