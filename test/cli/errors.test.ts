import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { makeFolder, run, waves } from "./run.ts";

const folder = makeFolder();
const data = folder.write("waves.csv", waves(200));
const model = folder.file("model.st");
beforeAll(async () => {
  const args = ["train", data, "--target", "value", "--window", "5", "--units", "4", "--epochs", "1", "--out", model];
  expect((await run(args)).code).toBe(0);
  folder.write("short.csv", waves(4));
  folder.write("other.csv", "a,b\n1,2\n3,4\n");
  folder.write("others.csv", "date,b\n2020-01-01,2\n2020-01-02,4\n");
  folder.write("dates.csv", waves(200).replace("2020-01-03", "yesterday"));
  folder.write("huge.csv", waves(200).replace(/,9\.\d+,/, ",1e300,"));
  folder.write("text.csv", waves(200).replace(/,10\.0000,/, ",ten,"));
  folder.write("cut.st", readFileSync(model).subarray(0, 900));
  folder.write("plain.st", sequential([layers.dense({ units: 1, inputShape: [1] })]).save());
  const damaged = loadModel(readFileSync(model));
  damaged.metadata = { forecaster: { ...(damaged.metadata.forecaster as object), window: "5" } };
  folder.write("damaged.st", damaged.save());
  damaged.metadata = {
    forecaster: { ...(loadModel(readFileSync(model)).metadata.forecaster as object), window: 6 },
  };
  folder.write("unfit.st", damaged.save());
});
afterAll(() => folder.remove());

/** Runs, expects failure with one line, and gives the line without the folder. */
async function complaint(argv: readonly string[]): Promise<string> {
  const before = folder.list();
  const { code, stdout, stderr } = await run(argv.map(arg => arg.replace("@", `${folder.path}/`)));
  expect(code).toBe(1);
  const message = stderr.slice("wasm-lstm: ".length, -1);
  const object = { version: 1, command: argv[0], error: { message } };
  expect(stdout).toBe(argv.includes("--json") ? `${JSON.stringify(object)}\n` : "");
  expect(stderr).toMatch(/^wasm-lstm: [^\n]+\n$/);
  expect(folder.list()).toEqual(before);
  return stderr.slice("wasm-lstm: ".length, -1).replaceAll(`${folder.path}/`, "@");
}

/** The same of a user without rights, since root may write everywhere: in a process of its own, of files that it may read. */
function complaintOfNobody(argv: readonly string[]): string {
  const program = makeFolder();
  try {
    for (const path of ["dist", "package.json"]) {
      cpSync(new URL(`../../${path}`, import.meta.url), program.file(path), { recursive: true, dereference: true });
    }
    chmodSync(program.path, 0o755);
    const args = [program.file("dist/cli/main.js"), ...argv.map(arg => arg.replace("@", `${folder.path}/`))];
    const { stderr } = spawnSync(process.execPath, args, { uid: 65534, gid: 65534, encoding: "utf8" });
    return stderr.slice("wasm-lstm: ".length);
  } finally {
    program.remove();
  }
}

const train = (...more: string[]) => [
  "train",
  "@waves.csv",
  "--target",
  "value",
  "--quiet",
  "--out",
  "@new.st",
  ...more,
];

describe("bad arguments", () => {
  const see = "; see wasm-lstm train --help";
  it.each<[string[], string]>([
    [
      ["tarin"],
      'unknown command "tarin"; did you mean train? expected one of train, predict, evaluate, inspect, convert, bench, or --help',
    ],
    [["train"], "expected data.csv: wasm-lstm train <data.csv> [options]"],
    [["predict", "@model.st"], "expected data.csv: wasm-lstm predict <model.safetensors> <data.csv> [options]"],
    [["inspect", "a", "b"], 'unexpected argument "b": wasm-lstm inspect <model.safetensors> [options]'],
    [["train", "@waves.csv"], "expected --target and a column to forecast: value, lead"],
    [train("--windo", "3"), `unknown option "--windo"; did you mean --window?${see.slice(1)}`],
    [train("--Target", "x"), `unknown option "--Target"; did you mean --target?${see.slice(1)}`],
    [train("--batch_size", "8"), `unknown option "--batch_size"; did you mean --batch-size?${see.slice(1)}`],
    [train("--zzzzzz"), `unknown option "--zzzzzz"${see}`],
    [
      ["predict", "@model.st", "@waves.csv", "--horizon", "12"],
      'unknown option "--horizon"; did you mean --steps? see wasm-lstm predict --help',
    ],
    [
      ["help", "trian"],
      'unknown command "trian"; did you mean train? expected one of train, predict, evaluate, inspect, convert, bench, or --help',
    ],
    [["predict", "@model.st", "@waves.csv", "--csv", "--json"], "--csv: choose it or --json"],
    [train("--date-format", "x"), '--date-format: expected dmy, mdy, ymd or a form such as DD.MM.YYYY, got "x"'],
    [train("--delimiter", "||"), '--delimiter: expected one character, tab or space, got "||"'],
    [train("--decimal", "x"), '--decimal: expected one of ., ,, got "x"'],
    [train("--where", "city"), '--where: expected column=word, got "city"'],
    [train("--duplicates", "sum"), '--duplicates: expected one of mean, first, last, got "sum"'],
    [train("--time", "dat"), '@waves.csv: time: there is no column "dat"; columns are "date", "value", "lead", "sky"'],
    [train("-w", "3"), `unknown option "-w"${see}`],
    [train("--window"), `--window: expected a value, as in --window <rows>${see}`],
    [train("--window", "--json"), `--window: expected a value, as in --window <rows>${see}`],
    [train("--window="), `--window: expected a value, as in --window <rows>${see}`],
    [train("--quiet=yes"), `--quiet: takes no value, got "yes"${see}`],
    [train("--window", "x"), '--window: expected a whole number from 1 to 10000, got "x"'],
    [train("--window", "0"), '--window: expected a whole number from 1 to 10000, got "0"'],
    [train("--window", "2.5"), '--window: expected a whole number from 1 to 10000, got "2.5"'],
    [train("--horizon", "1e9"), '--horizon: expected a whole number from 1 to 10000, got "1e9"'],
    [train("--units", "9999"), '--units: expected a whole number from 1 to 4096, got "9999"'],
    [train("--epochs", "-1"), '--epochs: expected a whole number from 1 to 1000000, got "-1"'],
    [train("--batch-size", "0"), '--batch-size: expected a whole number from 1 to 65536, got "0"'],
    [train("--seed", "abc"), '--seed: expected a whole number from 0 to 4294967295, got "abc"'],
    [train("--learning-rate", "0"), '--learning-rate: expected a number above 0, at most 1, got "0"'],
    [train("--learning-rate", "fast"), '--learning-rate: expected a number above 0, at most 1, got "fast"'],
    [train("--test", "0.6"), '--test: expected a number above 0, at most 0.5, got "0.6"'],
    [train("--difference", "maybe"), '--difference: expected one of yes, no, auto, got "maybe"'],
    [
      ["predict", "@model.st", "@waves.csv", "--steps", "no"],
      '--steps: expected a whole number from 1 to 10000, got "no"',
    ],
  ])("%j", async (argv, expected) => {
    expect(await complaint(argv)).toBe(expected);
  });
});

describe("bad files", () => {
  it.each<[string[], string]>([
    [["train", "@none.csv", "--target", "x"], "@none.csv: no such file"],
    [
      train("--target", "valu"),
      '--target: @waves.csv has no column "valu"; did you mean "value"? columns of @waves.csv: "date", "value", "lead", "sky"',
    ],
    [train("--features", "value,date"), '@waves.csv, column "date": expected numbers, it holds times'],
    [
      ["train", "@text.csv", "--target", "value"],
      '@text.csv, line 2, column "value": expected a number, got "ten"; if that marks a missing value, --na ten',
    ],
    [
      train("--window", "150"),
      "@waves.csv: 200 rows are too few, at least 251 are needed for --window 150, --horizon 1 and --test 0.2; " +
        "choose a shorter window or horizon",
    ],
    [
      ["train", "@dates.csv", "--target", "value"],
      '@dates.csv, line 4, column "date": expected a date such as 2020-01-01, got "yesterday"; correct or remove the line, ' +
        "or read the table without times (--time none)",
    ],
    [train("--out", "@no/model.st"), "--out: folder @no does not exist; create it or choose another"],
    [train("--out", "@model.st/x"), "--out: @model.st is not a folder"],
    [train("--out", "@."), "--out: @. is not a regular file; add a file name"],
    [train("--out", "@waves.csv"), "--out: @waves.csv is the data itself; choose another name"],
    [["inspect", "@none.st"], "@none.st: no such file; make a model with wasm-lstm train"],
    [["inspect", "@."], "@.: expected a model file, this is a folder"],
    [
      ["evaluate", "@plain.st", "@waves.csv"],
      "@plain.st: the model does not say which columns it reads; make one with wasm-lstm train",
    ],
    [
      ["predict", "@damaged.st", "@waves.csv"],
      "@damaged.st: its description of the forecast is damaged; train the model again",
    ],
    [["evaluate", "@model.st", "@other.csv"], "@other.csv: expected times of the rows, as in date"],
    [["evaluate", "@model.st", "@others.csv"], '@others.csv: there is no column "value"; columns are "date", "b"'],
    [["predict", "@model.st", "@short.csv"], "@short.csv: 4 rows are too few, the model reads the last 5"],
    [
      ["evaluate", "@model.st", "@short.csv"],
      "@short.csv: 4 rows are too few, at least 6 are needed: the model reads 5 and forecasts 1",
    ],
  ])("%j", async (argv, expected) => {
    expect(await complaint(argv)).toBe(expected);
  });

  it.each([
    [["inspect", "@cut.st"], /^@cut\.st: model file: .*maybe it is cut off/],
    [
      ["inspect", "@waves.csv"],
      /^@waves\.csv: model file: this is a text, no model; wasm-lstm train learns from a table, /,
    ],
    [["predict", "@waves.csv", "@model.st"], / predict and evaluate take the model first, then the table$/],
    [
      ["predict", "@unfit.st", "@waves.csv"],
      /^@unfit\.st: its weights do not fit the window and horizon that it describes/,
    ],
    [["train", "@huge.csv", "--target", "value", "--out", "@new.st", "--quiet"], /^[^\n]+float32/],
  ])("%j", async (argv, expected) => {
    expect(await complaint(argv)).toMatch(expected);
  });

  it("finds out before training that a folder is read-only", async () => {
    const refusal = /^--out: no permission to write to folder/;
    chmodSync(folder.path, 0o555);
    try {
      if (process.getuid?.() === 0) expect(complaintOfNobody(train())).toMatch(refusal);
      else expect(await complaint(train())).toMatch(refusal);
    } finally {
      chmodSync(folder.path, 0o755);
    }
  });

  it("shows the stack only when asked to", async () => {
    const { code, stderr } = await run(["inspect", folder.file("cut.st")], { env: { WASM_LSTM_DEBUG: "1" } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^wasm-lstm: [^\n]+\n(.|\n)* at /);
  });
});

describe("help and version", () => {
  it.each([[], ["--help"], ["-h"], ["help"]])("%j lists the commands", async (...argv) => {
    const { code, stdout, stderr } = await run(argv);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of ["train", "predict", "evaluate", "inspect", "bench"]) expect(stdout).toContain(`\n  ${name} `);
  });

  it("help train is train --help", async () => {
    expect(await run(["help", "train"])).toEqual(await run(["train", "--help"]));
  });

  it.each(["train", "predict", "evaluate", "inspect", "bench"])("%s --help tells its options", async name => {
    const { code, stdout } = await run([name, "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain(`usage: wasm-lstm ${name}`);
    expect(stdout).toContain("--json");
  });

  it("--version is the package's", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect((await run(["--version"])).stdout).toBe(`${version}\n`);
  });
});
