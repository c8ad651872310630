/** Classes on the command line: a target of words, or of yes and no. */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder, run, runJson } from "./run.ts";

const folder = makeFolder();
afterAll(folder.remove);
const day = (i: number) => new Date(Date.UTC(2021, 0, 30) + i * 864e5).toISOString().slice(0, 10);
const cycle = ["sun", "sun", "sun", "rain", "cloud", "cloud"];
const lines = (n: number) =>
  Array.from(
    { length: n },
    (_, i) => `${day(i)},${cycle[i % 6]},${i % 6 === 3 ? "true" : "false"},${i % 3},${Math.sin(i * i).toFixed(3)}`,
  );
const data = folder.write("sky.csv", ["date,sky,wet,level,noise", ...lines(240), ""].join("\n"));
const model = folder.file("sky.safetensors");
const quick = ["--units", "12", "--epochs", "25", "--window", "8", "--learning-rate", "0.02"];

/** Two shops with the same days, under a name and words that want to be HTML. */
const shops = ["a<b>", "c"].flatMap(shop =>
  lines(200).map(line => [shop, ...line.replace("sun", "<script>").split(",")].join(",")),
);

describe("a target of classes", () => {
  it("has a page of what was learned, and scores of each series and at several times", async () => {
    const table = folder.write("shops.csv", ["shop,date,sky,wet,level,noise", ...shops, ""].join("\n"));
    const [out, report] = [folder.file("shops.safetensors"), folder.file("shops.html")];
    const args = ["train", table, "--target", "sky", "--series", "shop", "--horizon", "2", "--out", out, ...quick];
    const told = await runJson([...args, "--report", report, "--origins", "2"]);
    expect(told.origins.map(({ time, windows }: { time: string; windows: number }) => [time, windows])).toEqual([
      [day(160), 38],
      [day(180), 38],
    ]);
    expect(told.training.heldOut.series.map((each: { name: string }) => each.name)).toEqual(["a<b>", "c"]);
    expect(told.inputs[0].input).toBe("sky");
    const page = readFileSync(report, "utf8");
    expect(page.match(/<[^>]*>/g)?.join("\n")).not.toMatch(/<script|<b>|src=|href=|\son\w+=/i);
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
    for (const title of [
      "Classes of sky",
      "a&lt;b&gt;: sky: what comes next",
      "Rows held out",
      "Which class was taken for which",
      "What is right by rows ahead",
      "Each series",
      "Learned anew at several times",
      "How the network learned",
      "What each input brings",
      "The table",
    ]) {
      expect(page).toContain(title);
    }
    const { confusion, classes } = told.training.heldOut;
    expect(confusion.map((counts: number[]) => counts.reduce((a, b) => a + b))).toEqual(
      classes.map((each: { rows: number }) => each.rows),
    );
    for (const count of confusion.flat().filter((n: number) => n > 0)) expect(page).toContain(`%">${count}</td>`);
    const { stdout } = await run([...args, "--report", report, "--origins", "2"]);
    expect(stdout).toMatch(/series {2}forecasts +right +most frequent class +last class +F1\n─+\na<b> +39 +100\.0 %/);
    expect(stdout).toMatch(/from the rows before +forecasts +right.*\n─+\n2021-07-09 +38 +\d/);
    expect(stdout).toContain(`report: ${report}`);
    expect(stdout.match(/up to the validation: /g)).toHaveLength(3);
  });

  it("is learned as classes, scored by class, forecast with probabilities, and evaluated", async () => {
    const args = ["train", data, "--target", "sky", "--horizon", "2", "--out", model, ...quick];
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "learns which class of sky comes, cloud, rain and sun, 2 rows ahead, from the last 8 rows of sky, wet",
    );
    expect(stdout).toMatch(
      / right +F1\n─+\nforecast +100\.0 % +100\.0 %\nmost frequent class +50\.\d % +22\.\d %\nlast class +\d/,
    );
    expect(stdout).toMatch(/class {2}rows {2}forecast {2}precision {3}recall +F1\n─+\ncloud .*100\.0 %/);
    expect(stdout).toMatch(/rows ahead +right +most frequent class +last class/);
    const told = await runJson(args);
    expect([told.training.by, told.classifier.classes]).toEqual(["network", ["cloud", "rain", "sun"]]);
    const { forecasts } = await runJson(["predict", model, data]);
    expect(forecasts.map((each: { date: string; class: string }) => [each.date, each.class])).toEqual([
      [day(240), "sun"],
      [day(241), "sun"],
    ]);
    const shown = await run(["predict", model, data, "--steps", "1"]);
    expect(shown.stdout).toMatch(/date +sky {2}probability +cloud +rain +sun\n─+\n2021-09-27 {2}sun +\d+\.\d %/);
    const csv = await run(["predict", model, data, "--csv"]);
    expect(csv.stdout).toMatch(
      /^date,sky,probability of cloud,probability of rain,probability of sun\n2021-09-27,sun,0\.\d{4},/,
    );
    const newer = folder.write("newer.csv", ["date,sky,wet,level,noise", ...lines(300), ""].join("\n"));
    const evaluated = await run(["evaluate", model, newer]);
    expect(evaluated.stdout).toContain("left out: 232 forecasts of rows that it has learned from");
    expect((await runJson(["evaluate", model, newer])).accuracy).toBe(1);
  });

  it("saves its model where the page cannot be written, and says both", async () => {
    const [out, gone] = [folder.file("kept.safetensors"), folder.file("gone")];
    mkdirSync(gone);
    const told: string[] = [];
    const write = (text: string) => {
      told.push(text);
      rmSync(gone, { recursive: true, force: true }); // while it learns
    };
    const args = ["train", data, "--target", "wet", "--report", `${gone}/page.html`, "--out", out, ...quick];
    const { code, stderr } = await run(args, { stdout: { write } });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^wasm-lstm: --report: ENOENT: no such file.*; the model is saved as .*kept\.safetensors\n$/,
    );
    expect(told.join("")).toContain(`saved ${out}`);
    expect(readFileSync(out).length).toBeGreaterThan(1000);
  });

  it("ends with what it knows when interrupted, origins among it", async () => {
    const out = folder.file("ended.safetensors");
    const controller = new AbortController();
    let stages = 0;
    const told: string[] = [];
    const write = (text: string) => {
      told.push(text);
      // Of each origin two stages are told: after the fit's three and the first origin's two, in the second origin.
      if (/^ {2}.*(up to|fit)/.test(text) && ++stages === 6) controller.abort();
    };
    const args = ["train", data, "--target", "sky", "--origins", "3", "--out", out, ...quick];
    const { code, stderr } = await run(args, { stdout: { write }, interrupt: () => controller.signal });
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    expect(told.join("")).toMatch(/\n {2}before 2021-08-\d\d: fit before the test: \d\.\d s\n/);
    expect(told.join("")).toMatch(/stopped by Ctrl-C after 1 of 3 origins\n/);
    expect(told.join("")).toMatch(/from the rows before +forecasts.*\n─+\n2021-08-\d\d.*\n\nsaved/);
    const early = await run(args, { interrupt: () => AbortSignal.abort() });
    expect(early.code).toBe(130);
    expect(early.stderr).toBe("wasm-lstm: stopped before the first epoch was done; nothing is saved\n");
  });

  it("may be yes and no, or with --classes a few numbers; and what says nothing of it is an error", async () => {
    const out = folder.file("wet.safetensors");
    const train = (target: string, ...more: string[]) =>
      run(["train", data, "--target", target, "--out", out, ...quick, ...more]);
    expect((await train("wet")).stdout).toContain("learns which class of wet comes, false and true, 1 row ahead");
    expect((await train("level")).stdout).toContain("learns to forecast level, 1 row ahead");
    expect((await train("level", "--classes")).stdout).toContain(
      "learns which class of level comes, 0, 1 and 2, 1 row ahead",
    );
    expect((await train("noise", "--classes")).stderr).toContain(
      '--target: column "noise" has no classes that can be learned: it has',
    );
    expect((await train("sky", "--season", "2")).stderr).toContain(
      "--season: says nothing of classes, as sky has; leave it out",
    );
    expect((await run(["predict", model, data, "--intervals"])).stderr).toContain("--intervals: classes have none");
    expect((await run(["predict", model, data, "--steps", "3"])).stderr).toContain(
      "--steps: expected a whole number from 1 to the model's horizon, 2",
    );
  });
});
