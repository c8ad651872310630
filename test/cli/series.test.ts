/** Tables of several series on the command line. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { makeFolder, run, runJson } from "./run.ts";

const folder = makeFolder();
const day = (i: number) => new Date(Date.UTC(2021, 0, 30) + i * 864e5).toISOString().slice(0, 10);
const sales = (i: number) => 20 + [0, 3, 5, 4, 1, -5, -8][i % 7] + 3 * Math.sin(i / 9);
const lines = (id: number, n: number, size: number) =>
  Array.from({ length: n }, (_, i) => `${day(i)},${id},${(size * sales(i)).toFixed(3)}`);
const quick = ["--units", "4", "--epochs", "2", "--seeds", "1"];
let data: string;
let model: string;

afterAll(folder.remove);

describe("several series", () => {
  beforeAll(() => {
    vi.spyOn(console, "warn").mockImplementation(() => {});
    data = folder.write(
      "shops.csv",
      ["date,shop,sales", ...lines(1, 120, 1), ...lines(2, 100, 5000), ...lines(3, 1, 1), ""].join("\n"),
    );
    model = folder.file("shops.safetensors");
  });
  it("are said to be some, without --series", async () => {
    const { code, stderr } = await run(["train", data, "--target", "sales", "--out", model]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'it holds 3 series, by "shop" ("1", "2", "3"); learn from all of them with --series shop, or choose one: --where shop=1',
    );
    expect((await run(["train", data, "--target", "sales", "--id", "shop"])).stderr).toContain(
      "did you mean --series?",
    );
    const other = await run(["train", data, "--target", "sales", "--series", "store"]);
    expect(other.stderr).toContain('series: there is no column "store"');
  });

  it("are trained, scored, forecast and evaluated each by itself", async () => {
    const args = ["train", data, "--target", "sales", "--series", "shop", "--horizon", "2", "--out", model, ...quick];
    const { code, stdout } = await run(args);
    expect(code).toBe(0);
    expect(stdout).toContain("3 series, the longest 1: 120 rows, 2021-01-30 to 2021-05-29, daily");
    expect(stdout).toContain("each series by itself");
    expect(stdout).toMatch(/series {2}forecasts .*MASE\n─+\n1 +23 .*\n2 +19 /);
    expect(stdout).toContain("1: sales, 2 rows ahead");
    const told = await runJson(args);
    expect(told.training.heldOut.series.map((each: { name: string }) => each.name)).toEqual(["1", "2"]);
    expect(told.forecaster.series.columns).toEqual(["shop"]);

    const csv = await run(["predict", model, data, "--csv"]);
    expect(
      csv.stdout
        .trim()
        .split("\n")
        .map(line => line.split(",").slice(0, -1).join()),
    ).toEqual(["shop,date", `1,${day(120)}`, `1,${day(121)}`, `2,${day(100)}`, `2,${day(101)}`]);
    const { forecasts } = await runJson(["predict", model, data]);
    expect(forecasts[2]).toMatchObject({ series: "2", step: 1, date: day(100) });
    expect(Math.abs(forecasts[2].values.sales / 5000 - sales(100))).toBeLessThan(6);
    const shown = await run(["predict", model, data, "--steps", "1"]);
    expect(shown.stdout).toContain("the next 1 of each of 2 series:");
    expect(shown.stdout).toMatch(/shop {2}date/);

    const evaluated = await runJson(["evaluate", model, data]);
    expect(evaluated.series.map((each: { name: string; windows: number }) => [each.name, each.windows])).toEqual([
      ["1", 89],
      ["2", 69],
    ]);
    expect((await run(["evaluate", model, data])).stdout).toMatch(/\n1 +89 .*\n2 +69 /);
  });
});

describe("columns known ahead", () => {
  it("come from rows without a target, or from a file of their own", async () => {
    const rows = Array.from(
      { length: 120 },
      (_, i) => `${day(i)},${sales(i).toFixed(3)},${i % 11 === 3 ? "yes" : "no"}`,
    );
    const head = "date,sales,holiday";
    const later = Array.from({ length: 2 }, (_, i) => `${day(120 + i)},,no`);
    const past = folder.write("past.csv", [head, ...rows, ""].join("\n"));
    const whole = folder.write("whole.csv", [head, ...rows, ...later, ""].join("\n"));
    const future = folder.write(
      "future.csv",
      ["date,holiday", ...later.map(line => line.replace(",,", ",")), ""].join("\n"),
    );
    const out = folder.file("known.safetensors");
    const { stdout } = await run([
      "train",
      whole,
      "--target",
      "sales",
      "--known",
      "holiday",
      "--horizon",
      "2",
      "--out",
      out,
      ...quick,
    ]);
    expect(stdout).toContain("knows holiday of the rows to forecast\n");
    expect(stdout).toContain("rows of sales and the time of week\n");
    const report = folder.file("known.html");
    const args = ["--target", "sales", "--known", "holiday", "--out", folder.file("other.safetensors"), ...quick];
    expect((await run(["train", past, ...args, "--report", report])).code).toBe(0);
    expect(readFileSync(report, "utf8")).toContain(
      "What comes next is not shown: holiday would have to be known for it",
    );
    expect((await run(["train", whole, ...args, "--report", report])).code).toBe(0);
    expect(readFileSync(report, "utf8")).toContain(day(120));
    const one = await run(["predict", out, whole, "--csv"]);
    expect(one.stdout).toMatch(new RegExp(`^date,sales\n${day(120)},.*\n${day(121)},`));
    const other = await run(["predict", out, past, "--csv", "--future", future]);
    expect(other.stdout).toBe(one.stdout);
    expect((await run(["predict", out, whole])).stdout).toContain(`the next 2, after ${day(119)}:`);
    const { code, stderr } = await run(["predict", out, past]);
    expect(code).toBe(1);
    expect(stderr).toContain(
      `"holiday" must be known for the 2 rows to forecast, and is not for ${day(120)}, ${day(121)};`,
    );
    expect(stderr).toContain("or give them by --future");
  });
});
