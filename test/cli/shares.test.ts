/** Every share and count of the command line, at its ends and beyond: an answer or one clear line, at once. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder, run } from "./run.ts";

const folder = makeFolder();
const table = (rows: number) =>
  folder.write(`${rows}.csv`, `a\n${Array.from({ length: rows }, (_, i) => Math.sin(i)).join("\n")}\n`);
const files: Record<number, string> = {};
beforeAll(() => {
  for (const rows of [1, 2, 3, 4, 7, 20, 120]) files[rows] = table(rows);
});
afterAll(() => folder.remove());

async function train(rows: number, ...more: string[]) {
  const start = performance.now();
  const out = folder.file("m");
  const settings = ["--window", "5", "--units", "2", "--epochs", "1"].filter(
    (_, i, list) => !more.includes(list[i & ~1]),
  );
  const result = await run(["train", files[rows], "--target", "a", "--quiet", ...settings, "--out", out, ...more]);
  expect(performance.now() - start).toBeLessThan(5000);
  return { ...result, stderr: result.stderr.replaceAll(`${folder.path}/`, "") };
}

const NUMBER = "a number above 0, at most";
const whole = (high: number, low = 1) => `a whole number from ${low} to ${high}`;

describe("values that are none", () => {
  const ODD = [
    "0",
    "-0",
    "-1",
    "NaN",
    "Infinity",
    "1e308",
    "0x10",
    "1_0",
    " 1",
    "1e-400",
    "0.1.2",
    ".",
    "e5",
    "½",
    "٣",
  ];
  const expected: Record<string, string> = {
    test: `${NUMBER} 0.5`,
    "learning-rate": `${NUMBER} 1`,
    window: whole(10_000),
    horizon: whole(10_000),
    units: whole(4096),
    epochs: whole(1_000_000),
    "batch-size": whole(65_536),
    "max-windows": whole(100_000_000, 1000),
  };
  it.each(Object.keys(expected))("--%s", async name => {
    const more = ["test", "learning-rate"].includes(name)
      ? ["1e-320", "5e-324", "1.0001"]
      : ["1e3", "1.0", "1000000000", "99999999999999999999"];
    for (const value of [...ODD, ...more]) {
      const { code, stderr } = await train(120, `--${name}=${value}`);
      expect(stderr).toBe(`wasm-lstm: --${name}: expected ${expected[name]}, got ${JSON.stringify(value)}\n`);
      expect(code).toBe(1);
    }
  });

  it("--seed", async () => {
    for (const value of ["-0", "1e3", "4294967296", "0.5"]) {
      expect((await train(120, `--seed=${value}`)).stderr).toBe(
        `wasm-lstm: --seed: expected ${whole(4294967295, 0)}, got ${JSON.stringify(value)}\n`,
      );
    }
  });
});

describe("shares and counts against the rows", () => {
  it.each<[number, string[], string]>([
    [
      120,
      ["--test", "1e-30"],
      "--test: 1e-30 of 120 rows is 0 rows, fewer than the 1 of --horizon; choose a share of at least 0.0084",
    ],
    [
      120,
      ["--test", "0.004"],
      "--test: 0.004 of 120 rows is 0 rows, fewer than the 1 of --horizon; choose a share of at least 0.0084",
    ],
    [
      120,
      ["--test", "0.1", "--horizon", "20"],
      "--test: 0.1 of 120 rows is 12 rows, fewer than the 20 of --horizon; choose a share of at least 0.1667",
    ],
    [
      120,
      ["--horizon", "70"],
      "120.csv: 120 rows are too few, at least 348 are needed for --window 5, --horizon 70 and --test 0.2; choose a shorter window or horizon",
    ],
    [
      120,
      ["--horizon", "10000"],
      "120.csv: 120 rows are too few, at least 49998 are needed for --window 5, --horizon 10000 and --test 0.2; choose a shorter window or horizon",
    ],
    [
      120,
      ["--window", "10000"],
      "120.csv: 120 rows are too few, at least 16669 are needed for --window 10000, --horizon 1 and --test 0.2; choose a shorter window or horizon",
    ],
    [
      120,
      ["--window", "10000", "--test", "0.5"],
      "120.csv: 120 rows are too few, at least 26670 are needed for --window 10000, --horizon 1 and --test 0.5; choose a shorter window or horizon",
    ],
    [
      120,
      ["--horizon", "100", "--test", "1e-30"],
      "--test: 1e-30 is too small a share of any table; choose a larger one",
    ],
    [1, [], "1.csv: 1 row is too few"],
    [2, [], "2.csv: 2 rows are too few"],
    [3, ["--window", "1"], "3.csv: 3 rows are too few"],
  ])("%i rows, %j", async (rows, more, message) => {
    const { code, stderr } = await train(rows, ...more);
    expect(stderr).toContain(`wasm-lstm: ${message}`);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(code).toBe(1);
  });

  it.each<[number, string[]]>([
    [120, ["--test", "0.0084"]],
    [120, ["--test", "0.5"]],
    [120, ["--test", ".2"]],
    [120, ["--test", "2e-1"]],
    [120, ["--batch-size", "65536"]],
    [120, ["--batch-size", "1"]],
    [120, ["--window", "68"]],
    [120, ["--learning-rate", "1e-30"]],
    [7, ["--window", "1"]],
  ])("%i rows, %j, train", async (rows, more) => {
    expect(await train(rows, ...more)).toMatchObject({ code: 0, stderr: "" });
  });

  it("the fewest rows that an error names are enough, and one less are not", async () => {
    for (const [window, horizon, test] of [
      [5, 1, 0.2],
      [7, 3, 0.1],
      [1, 2, 0.5],
      [9, 4, 0.03],
    ]) {
      const options = ["--window", `${window}`, "--horizon", `${horizon}`, "--test", `${test}`];
      const { stderr } = await train(4, ...options);
      const least = Number(/at least (\d+) are needed/.exec(stderr)?.[1] ?? NaN);
      files[least] = table(least);
      files[least - 1] = table(least - 1);
      expect((await train(least, ...options)).stderr, options.join(" ")).toBe("");
      expect((await train(least - 1, ...options)).code).toBe(1);
    }
  });
});
