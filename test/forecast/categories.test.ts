/** Columns of words, and of yes and no, as inputs. */
import { describe, expect, it, vi } from "vitest";
import { forecaster, loadForecaster } from "../../src/forecast/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
/** Of a good generator: mulberry32 */
function random(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const WORDS = ["down", "same", "up"];
/** Words, each of which says how the next value is reached. */
function told(n: number) {
  const next = random(3);
  let level = 100;
  return range(n, () => {
    const word = WORDS[Math.floor(3 * next())];
    const row = { level, word: word as string | null, open: word === "same", note: `note ${next()}` };
    level += 5 * (WORDS.indexOf(word) - 1) + 0.2 * next();
    return row;
  });
}
const options = {
  target: "level",
  window: 5,
  units: 8,
  epochs: 20,
  seeds: 1,
  learningRate: 0.01,
  network: "changes",
} as const;

describe("columns of words", () => {
  it("say what numbers do not, and travel in the file", async () => {
    const rows = told(400);
    const net = forecaster(options);
    const { heldOut } = await net.fit(rows);
    expect(net.spec.features).toEqual(["level", "word", "open"]);
    expect(net.spec.categories).toEqual([
      { column: "word", words: ["down", "same", "up"] },
      { column: "open", words: null },
    ]);
    const without = await forecaster({ ...options, features: ["level"] }).fit(rows);
    expect(without.heldOut.scores[0].mae).toBeGreaterThan(2);
    expect(heldOut.scores[0].mae).toBeLessThan(0.8);

    const again = loadForecaster(net.save());
    const last = rows[rows.length - 1];
    const jump = (word: string | null) =>
      again.forecast([...rows.slice(0, -1), { ...last, word, open: word === "same" }])[0].values.level - last.level;
    expect([jump("up"), jump("same"), jump("down")].map(value => Math.round(value / 5))).toEqual([1, 0, -1]);
  });

  it("that are new or missing count as none, and what is new is said once", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const rows = told(200);
    const net = forecaster({ ...options, epochs: 2 });
    await net.fit(rows);
    expect(warn).not.toHaveBeenCalled();
    const end = (word: string | null) => net.forecast([...rows.slice(0, -1), { ...rows[199], word }])[0].values.level;
    const none = end(null);
    expect(warn).not.toHaveBeenCalled();
    expect(end("sideways")).toBe(none);
    expect(end("sideways")).toBe(none);
    expect(warn.mock.calls.flat()).toEqual([
      'wasm-lstm: column "word": "sideways" is a word that was not there when it was learned from; it counts as none of those known',
    ]);
    // Yes and no are the same in all languages, and as numbers.
    const open = (cell: string | number | boolean) =>
      net.forecast(rows.slice(-9).map(row => ({ ...row, open: row.open ? cell : "no" })))[0].values.level;
    expect([open("yes"), open("true"), open("ja"), open(1)]).toEqual(range(4, () => open(true)));
    warn.mockRestore();
  });

  it("are left out where they are many, and refused where they are asked for", async () => {
    const rows = told(100);
    await expect(forecaster({ ...options, features: ["level", "note"] }).fit(rows)).rejects.toThrow(
      /features: nothing is to be learned of column "note": 100 different words, such as "note [^"]*": more than the 20/,
    );
  });

  it("are part of a wide table too, of which all numbers are forecast", async () => {
    const rows = range(120, i => ({ a: Math.sin(i / 3), b: i + Math.sin(i), c: (i * i) % 11, day: WORDS[i % 3] }));
    const net = forecaster({ target: "all", window: 6, units: 4, epochs: 2, seeds: 1 });
    await net.fit(rows);
    expect([net.spec.targets, net.spec.features]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"], // the day says nothing of them
    ]);
    expect(Object.keys(net.forecast(rows)[0].values)).toEqual(["a", "b", "c"]);
    const wide = rows.map(row => ({ ...row, ...Object.fromEntries(range(900, c => [`x${c}`, c + row.a])) }));
    await expect(forecaster({ target: "all", window: 10, horizon: 10 }).fit(wide)).rejects.toThrow(
      "target: 903 columns at once, with window 10 and horizon 10, take 81540900 numbers, at most 50000000 can be",
    );
  });
});
