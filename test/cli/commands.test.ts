import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadForecaster } from "../../src/forecast/index.ts";
import { loadModel } from "../../src/index.ts";
import { readTable } from "../../src/table/index.ts";
import { makeFolder, run, runJson, waves } from "./run.ts";

const folder = makeFolder();
const data = folder.write("waves.csv", waves());
const modelPath = folder.file("model.safetensors");
const quick = ["--units", "8", "--window", "10", "--epochs", "6", "--learning-rate", "0.02"];
let trained: Awaited<ReturnType<typeof runJson>>;
beforeAll(async () => {
  trained = await runJson(["train", data, "--target", "value", ...quick, "--out", modelPath]);
});
afterAll(() => folder.remove());

const trainInto = (name: string, ...more: string[]) =>
  runJson(["train", data, ...quick, ...more, "--out", folder.file(name)]);

describe("train", () => {
  it("beats the last value on held-out rows, whose error it reports in the data's own unit", () => {
    const { command, training, forecaster, aborted, bytes } = trained;
    expect({ command, aborted }).toEqual({ command: "train", aborted: false });
    expect(bytes).toBe(readFileSync(modelPath).length);
    expect(forecaster).toMatchObject({
      features: ["value", "lead"],
      targets: ["value"],
      window: 10,
      horizon: 1,
      // Of the year, 480 rows to train on hold no two.
      calendar: { column: "date", cycles: ["week"] },
      difference: true,
    });
    expect(training.rows).toEqual({ total: 800, train: 480, validation: 160, test: 160 });
    const [score] = training.heldOut.scores;
    expect(training.heldOut.windows).toBe(160);
    // The last value, by hand.
    const values = waves()
      .split("\n")
      .slice(1, -1)
      .map(line => Number(line.split(",")[1]));
    const steps = values.slice(640).map((value, i) => value - values[639 + i]);
    expect(score.baseline.mae).toBeCloseTo(steps.reduce((sum, step) => sum + Math.abs(step), 0) / 160, 5);
    expect(score.baseline.rmse).toBeCloseTo(Math.sqrt(steps.reduce((sum, step) => sum + step * step, 0) / 160), 5);
    expect(score.mae).toBeLessThan(0.8 * score.baseline.mae);
    expect(score.improvementPercent).toBeCloseTo(100 * (1 - score.mae / score.baseline.mae), 9);
  });

  // Defaults but for the epochs, whose time a busy machine has not: `npm run bench:forecast` is about those.
  it("forecasts tomorrow's temperature in Seattle within 2.25 degrees", async () => {
    const seattle = fileURLToPath(new URL("../../examples/data/seattle-weather.csv", import.meta.url));
    for (const seed of ["0", "1"]) {
      const out = folder.file("seattle.safetensors");
      const args = ["train", seattle, "--target", "temp_max", "--epochs", "3", "--seed", seed, "--out", out];
      const { training } = await runJson(args);
      const [{ mae, baseline }] = training.heldOut.scores;
      expect(mae).toBeLessThanOrEqual(2.25);
      expect(baseline.mae).toBeCloseTo(2.353, 3);
    }
  });

  it("keeps everything in the file, for programs too", async () => {
    const bytes = readFileSync(modelPath);
    expect(loadModel(bytes).metadata).toEqual({ forecaster: trained.forecaster, training: trained.training });
    const { forecasts } = await runJson(["predict", modelPath, data]);
    const [own] = loadForecaster(bytes).forecast(readTable(waves()));
    expect(own.date).toBe(forecasts[0].date);
    for (const part of ["values", "low", "high"] as const) {
      expect(own[part]?.value).toBeCloseTo(forecasts[0][part].value, 5);
    }
  });

  it("gives the same file for the same seed, another for another", async () => {
    await trainInto("same.safetensors", "--target", "value");
    await trainInto("other.safetensors", "--target", "value", "--seed", "1");
    expect(readFileSync(folder.file("same.safetensors"))).toEqual(readFileSync(modelPath));
    expect(readFileSync(folder.file("other.safetensors"))).not.toEqual(readFileSync(modelPath));
  });

  it("forecasts a trend far beyond the values it has seen", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${(0.5 * i + Math.sin(i / 2)).toFixed(4)}`);
    const trend = folder.write("trend.csv", ["y", ...rows].join("\n"));
    const args = ["train", trend, "--target", "y", ...quick, "--out", folder.file("trend.safetensors")];
    const { forecaster, training } = await runJson(args);
    expect(forecaster).toMatchObject({ difference: true, calendar: null, features: ["y"] });
    expect(training.heldOut.scores[0].improvementPercent).toBeGreaterThan(90);
  });

  it("leaves out a column that only counts rows, and the calendar when told", async () => {
    const counted = waves(400)
      .split("\n")
      .map((line, i) => (i === 0 ? `n,${line}` : `${i},${line}`));
    folder.write("counted.csv", counted.slice(0, -1).join("\n"));
    const args = ["train", folder.file("counted.csv"), "--target", "value", ...quick, "--no-calendar"];
    const { forecaster } = await runJson([...args, "--out", folder.file("c.safetensors")]);
    expect(forecaster).toMatchObject({ features: ["value", "lead"], calendar: null });
    const named = await runJson([...args, "--features", "n,lead", "--out", folder.file("c.safetensors")]);
    expect(named.forecaster.features).toEqual(["n", "lead"]);
  });

  it("tells the error by step, in other measures, and at several origins", async () => {
    const args = ["train", data, "--target", "value", ...quick, "--horizon", "3", "--origins", "2"];
    const { stdout } = await run([...args, "--out", folder.file("steps.st")]);
    expect(stdout).toMatch(
      /\nvalue: .*one ridge regression alone: MAE [\d.e-]+; MASE [\d.e-]+; sMAPE \d+\.\d %; intervals of 80 % held \d+ %/,
    );
    expect(stdout).toMatch(/\nvalue, rows ahead +MAE +last value +(a season before +)?one ridge regression\n/);
    expect(stdout).toMatch(/\n +3 +[\d.e-]+ +\d/);
    expect(stdout).toMatch(/\nlearned from rows before +target +forecasts +MAE/);
    expect(stdout).toMatch(/\n2021-\d\d-\d\d +value +78 +[\d.e-]+ +\d/);
    const { origins, training } = await runJson([...args, "--out", folder.file("steps.st")]);
    expect(origins).toHaveLength(2);
    expect(training.heldOut.scores[0].steps).toHaveLength(3);
  });

  it("tells people of the data, the epochs, the errors, and what is next", async () => {
    const out = folder.file("told.safetensors");
    const { code, stdout, stderr } = await run(["train", data, "--target", "value", ...quick, "--out", out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("800 rows, 2020-01-01 to 2022-03-10");
    expect(stdout).toContain("value, 1 row ahead, from the last 10 rows of value, lead and the time of week");
    expect(stdout).toMatch(/\n {2}changes, origin 1 of 3: \d+\.\d s\n/);
    expect(stdout).toMatch(/\nvalue: (best was the linear path with|the linear path was best)/);
    expect(stdout).toMatch(/last value: MAE/);
    expect(stdout).toMatch(/value +[\d.e-]+ +[\d.e-]+ +0\.4\d+ +0\.\d+ +\d+\.\d % lower/);
    expect(stdout).toContain(`npx wasm-lstm predict ${out} ${data}`);
    expect(stdout).toContain("─ truth  • forecast");
    expect(stdout).not.toContain("\x1b");
  });

  it("draws a bar and colours in a terminal; NO_COLOR takes the colours", async () => {
    const args = ["train", data, "--target", "value", ...quick, "--epochs", "2", "--out", folder.file("x.safetensors")];
    const colored = await run(args, { terminal: true });
    expect(colored.stdout).toContain("\x1b[33m•\x1b[0m");
    expect(colored.stdout).toMatch(/█+░+ {2}changes, origin 1 of 3, \d+\.\d s left/);
    const plain = await run(args, { terminal: true, env: { NO_COLOR: "1" } });
    expect(plain.stdout).not.toContain("\x1b[3");
    const quiet = await run([...args, "--quiet"], { terminal: true });
    expect(quiet.stdout).not.toContain("origin 1");
    expect(quiet.stdout).toMatch(/^value: /);
    expect(quiet.stdout).not.toContain("truth");
    expect(quiet.stdout.split("\n").length).toBeLessThan(12);
  });

  it("ends cleanly when interrupted: reports and saves what is known so far", async () => {
    const controller = new AbortController();
    const lines: string[] = [];
    const stdout = {
      write(text: string) {
        lines.push(text);
        if (text.includes("origin 1")) controller.abort();
      },
    };
    const args = ["train", data, "--target", "value", "--units", "8", "--epochs", "3", "--out", folder.file("i.st")];
    const { code, stderr } = await run(args, { stdout, interrupt: () => controller.signal });
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    expect(lines.join("")).toContain("stopped by Ctrl-C");
    expect((await runJson(["inspect", folder.file("i.st")])).metadata.training.stopReason).toBe("aborted");
    const early = await run([...args.slice(0, -1), folder.file("never.st")], { interrupt: () => AbortSignal.abort() });
    expect(early.code).toBe(130);
    expect(early.stderr).toBe("wasm-lstm: stopped before the first epoch was done; nothing is saved\n");
    expect(folder.list()).not.toContain("never.st");
  });
});

describe("evaluate", () => {
  it("compares with the last value on every window", async () => {
    const { command, rows, windows, scores } = await runJson(["evaluate", modelPath, data]);
    expect({ command, rows, windows }).toEqual({ command: "evaluate", rows: 800, windows: 790 });
    expect(scores).toHaveLength(1);
    expect(scores[0].target).toBe("value");
    expect(scores[0].mae).toBeLessThan(scores[0].baseline.mae);
    const { stdout } = await run(["evaluate", modelPath, data]);
    expect(stdout).toContain("800 rows, 790 forecasts");
    expect(stdout).toContain("2022-03-10");
  });

  it("scores the rows that it has not learned from, if there are any", async () => {
    const lines = waves().split("\n");
    const early = folder.write("early.csv", `${lines.slice(0, 701).join("\n")}\n`);
    const model = folder.file("early.st");
    await runJson(["train", early, "--target", "value", ...quick, "--out", model]);
    expect(await runJson(["evaluate", model, early])).toMatchObject({ windows: 690, seen: 690 });
    const all = await runJson(["evaluate", model, data]);
    expect(all).toMatchObject({ rows: 800, windows: 100, seen: 690 });
    // Of a table that begins later too: by the time of its rows.
    const tail = folder.write("tail.csv", [lines[0], ...lines.slice(691)].join("\n"));
    expect((await runJson(["evaluate", model, tail])).scores).toEqual(all.scores);
    const { stdout } = await run(["evaluate", model, early]);
    expect(stdout).toContain("it has learned from all of these rows");
  });
});

describe("predict", () => {
  it("forecasts the row after the end, with its date", async () => {
    const { forecasts } = await runJson(["predict", modelPath, data]);
    expect(forecasts).toHaveLength(1);
    expect(forecasts[0]).toMatchObject({ step: 1, date: "2022-03-11" });
    const truth = 10 + 5 * Math.sin((2 * Math.PI * 800) / 365.25) + 2 * Math.sin(800 / 3);
    expect(Math.abs(forecasts[0].values.value - truth)).toBeLessThan(1);
    const { stdout } = await run(["predict", modelPath, data]);
    expect(stdout).toMatch(/2022-03-11 +\d+\.\d+/);
  });

  it("prints a table of comma-separated values when asked", async () => {
    const { forecasts, version } = await runJson(["predict", modelPath, data]);
    const { stdout } = await run(["predict", modelPath, data, "--csv"]);
    expect(stdout).toBe(`date,value\n2022-03-11,${forecasts[0].values.value}\n`);
    expect(version).toBe(1);
  });

  it("reads its own forecasts beyond the horizon, if it knows all that it reads", async () => {
    await trainInto("closed.safetensors", "--target", "value", "--features", "value", "--horizon", "2");
    const closed = folder.file("closed.safetensors");
    const { forecasts } = await runJson(["predict", closed, data, "--steps", "5"]);
    expect(forecasts.map((row: { date: string }) => row.date)).toEqual([11, 12, 13, 14, 15].map(d => `2022-03-${d}`));
    // The third is what the model says after a table that ends with the first two.
    const [a, b, c] = forecasts.map((row: { values: { value: number } }) => row.values.value);
    const longer = folder.write("longer.csv", `${waves()}2022-03-11,${a},0,sun\n2022-03-12,${b},0,sun\n`);
    const next = await runJson(["predict", closed, longer, "--steps", "1"]);
    expect(next.forecasts[0].values.value).toBeCloseTo(c, 4);
    expect((await run(["predict", modelPath, data, "--steps", "2"])).stderr).toBe(
      "wasm-lstm: --steps: expected at most 1, the model's horizon, got 2: it reads lead, which it does not forecast; " +
        "train with --horizon 2, or with the same columns as --target and --features\n",
    );
  });

  it("adds forecast changes to the last value, step by step", async () => {
    await trainInto("change.st", "--target", "value,lead", "--horizon", "2", "--difference", "yes");
    const { forecasts } = await runJson(["predict", folder.file("change.st"), data, "--steps", "6"]);
    for (const { values } of forecasts) {
      expect(Math.abs(values.value - 14.5)).toBeLessThan(5); // changes alone are below 1
      expect(Math.abs(values.lead)).toBeLessThan(4);
    }
  });
});

describe("inspect", () => {
  it("shows layers, weights and the training", async () => {
    const { stdout } = await run(["inspect", modelPath]);
    // Two measured columns as changes, sine and cosine of the week, and the levels of the two.
    expect(stdout).toContain("[N, 10, 6]");
    expect(stdout).toMatch(/changes +lstm +\[N, 8\] +input +480/);
    expect(stdout).toMatch(/linear +dense +\[N, 1\] +input_1 +11/);
    expect(stdout).toContain("targets: value");
    expect(stdout).toContain("seed: 0");
    const { weights, layers, metadata, bytes } = await runJson(["inspect", modelPath]);
    expect(weights).toBe(3 * (480 + 9) + 11);
    expect(bytes).toBe(trained.bytes);
    expect(layers.filter(({ kind }: { kind: string }) => kind === "lstm")).toHaveLength(3);
    expect(layers[0].weights[0]).toEqual({ name: "kernel", shape: [6, 32] });
    expect(metadata.training.seed).toBe(0);
  });

  it("shows models of any origin, and lets no escape sequence through", async () => {
    const model = loadModel(readFileSync(modelPath));
    model.metadata = { note: "\x1b[31mred", list: [1, 2] };
    model.setScaling({});
    writeFileSync(folder.file("note.st"), model.save());
    const { code, stdout } = await run(["inspect", folder.file("note.st")]);
    expect(code).toBe(0);
    expect(stdout).toContain("note: \ufffd[31mred");
    expect(stdout).toContain("list: 1, 2");
  });
});

it("leaves no temporary file behind", () => {
  expect(folder.list().filter(name => name.includes("tmp") || name.startsWith("."))).toEqual([]);
});
