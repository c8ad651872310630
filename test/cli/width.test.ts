/** What is printed fits terminals of 40 to 200 columns, in ASCII where they show nothing else. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { drawTable } from "../../src/cli/tables.ts";
import { makeFolder, run, waves } from "./run.ts";

const folder = makeFolder();
afterAll(folder.remove);
const data = folder.write("w.csv", waves(300).replace("value", "a value with a long name"));
const shops = ["north", "south"].flatMap(shop =>
  Array.from(
    { length: 150 },
    (_, i) => `${shop},${["sun", "sun", "rain", "cloud"][i % 4]},${Math.sin(i * i).toFixed(3)}`,
  ),
);
const words = folder.write("s.csv", ["shop,sky,noise", ...shops, ""].join("\n"));
const [model, classes] = [folder.file("w.safetensors"), folder.file("s.safetensors")];
const quick = ["--units", "4", "--epochs", "2", "--window", "8", "--horizon", "3"];
const trainings = [
  ["train", data, "--target", "a value with a long name,lead", "--seeds", "1", "--out", model, ...quick],
  ["train", words, "--target", "sky", "--series", "shop", "--origins", "2", "--out", classes, ...quick],
];
beforeAll(async () => {
  for (const args of trainings) expect((await run(args)).code).toBe(0);
});

/** What stands in the terminal at the end: of a line that is written anew, the last. */
const linesOf = (text: string) =>
  text
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours of terminals
    .replace(/\x1b\[\d*m/g, "")
    .split("\n")
    .flatMap(line => line.split("\r\x1b[2K"));

describe.each([40, 60, 80, 120, 200])("at %i columns", columns => {
  const fits = (text: string) => {
    // Paths are to be copied, and stay whole.
    const lines = linesOf(text.replaceAll(folder.path, "")).filter(line => !line.includes("npx wasm-lstm"));
    expect(lines.filter(line => line.length > columns)).toEqual([]);
  };
  it.each(["predict", "evaluate"])("%s fits", async command => {
    for (const [net, table] of [
      [model, data],
      [classes, words],
    ]) {
      const { code, stdout } = await run([command, net, table], { terminal: columns });
      expect(code).toBe(0);
      fits(stdout);
    }
  });

  it("inspect, train, help and their bars fit", async () => {
    for (const args of [["inspect", classes], ["help"], ["help", "train"], ["help", "convert"], ...trainings]) {
      const { code, stdout } = await run(args, { terminal: columns });
      expect(code).toBe(0);
      fits(stdout);
    }
  });
});

it("is ASCII where the terminal shows nothing else", async () => {
  for (const args of [["evaluate", model, data], ["predict", model, data], ["inspect", model], ...trainings]) {
    const { stdout } = await run(args, { terminal: 60, env: { LC_ALL: "C" } });
    expect([...stdout].filter(letter => letter > "\x7f")).toEqual([]);
  }
});

describe("a table", () => {
  const heads = ["name", "mean error", "of the last value"];
  const rows = [
    ["a", "1.25", "2"],
    ["long", "0.5", ""],
  ];
  const at = (columns: number | undefined) =>
    drawTable({ stdout: { isTTY: columns !== undefined, columns } } as unknown as Io, heads, rows, [1, 2]);

  it("is as wide as it needs to be where there is room, or no terminal", () => {
    const whole = [
      "name  mean error  of the last value",
      "─".repeat(35),
      "a           1.25                  2",
      "long         0.5",
    ];
    for (const columns of [undefined, 35, 200]) expect(at(columns).split("\n")).toEqual(whole);
  });

  it("breaks its headings, then stands a row below the other", () => {
    expect(at(30).split("\n")).toEqual([
      "                  of the last",
      "name  mean error        value",
      "─".repeat(29),
      "a           1.25            2",
      "long         0.5",
    ]);
    expect(at(15).split("\n")).toEqual([
      "name: a",
      "  mean error",
      "    1.25",
      "  of the last value",
      "    2",
      "name: long",
      "  mean error",
      "    0.5",
    ]);
  });
});
