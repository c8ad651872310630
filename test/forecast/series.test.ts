/** Several series in a table: one forecaster learns of all. */
import { describe, expect, it, vi } from "vitest";
import { forecaster, loadForecaster } from "../../src/forecast/index.ts";
import { readTable } from "../../src/table/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const noise = (i: number) => {
  const x = Math.sin(12.9898 * i + 4.1) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};
const date = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 864e5).toISOString().slice(0, 10);
const load = (i: number) => 50 + 0.05 * i + 8 * [0, 3, 5, 4, 1, -5, -8][i % 7] + 2 * noise(i);
/** Days of a city, from day `from` on. */
const city = (name: string | number, n: number, value: (i: number) => number, from = 0) =>
  range(n, i => ({ day: date(from + i), city: name, load: value(from + i) }));
const quick = { target: "load", series: "city", units: 4, epochs: 3, seeds: 1 };

describe("a forecaster of several series", () => {
  it("sees each in units of its own: a copy of another size is forecast alike", async () => {
    const rows = [...city("A", 150, load), ...city("B", 150, i => 1e5 * load(i) - 3e6)];
    const net = forecaster({ ...quick, horizon: 3 });
    const { heldOut } = await net.fit(rows);
    const next = net.forecast(rows);
    expect(next.map(({ series, step, date }) => [series, step, date])).toEqual(
      ["A", "B"].flatMap(name => range(3, k => [name, k + 1, date(150 + k)])),
    );
    for (let k = 0; k < 3; k++) {
      const [a, b] = [next[k], next[3 + k]];
      expect(b.values.load / 1e5 + 30).toBeCloseTo(a.values.load, 3);
      expect((b.low?.load ?? 0) / 1e5 + 30).toBeCloseTo(a.low?.load ?? 0, 3);
      expect(Math.abs(a.values.load - load(150 + k))).toBeLessThan(6);
    }
    const [a, b] = heldOut.series ?? [];
    expect([a.name, a.windows, b.name, b.windows, heldOut.windows]).toEqual(["A", 28, "B", 28, 56]);
    expect(b.scores[0].mae / a.scores[0].mae / 1e5).toBeCloseTo(1, 4);
    expect(b.scores[0].mase).toBeCloseTo(a.scores[0].mase ?? 0, 4);
    // By hand: the MASE of a series, and of all their mean; the MAE of all over all forecasts.
    const naive = range(113, i => Math.abs(load(i + 7) - load(i))).reduce((sum, x) => sum + x) / 113;
    expect(a.scores[0].mase).toBeCloseTo(a.scores[0].mae / naive, 9);
    expect(heldOut.scores[0].mase).toBeCloseTo(((a.scores[0].mase ?? 0) + (b.scores[0].mase ?? 0)) / 2, 9);
    expect(heldOut.scores[0].mae / ((a.scores[0].mae + b.scores[0].mae) / 2)).toBeCloseTo(1, 9);
    const last = range(28, i => range(3, k => Math.abs(load(120 + i + k) - load(119 + i)))).flat();
    expect(a.scores[0].baseline.mae).toBeCloseTo(last.reduce((sum, x) => sum + x) / 84, 9);
  });

  it("reads rows in any order, and never across series", async () => {
    const [a, b] = [city(7, 120, load), city(12, 90, i => 500 - load(i), 40)];
    const mixed = [...a, ...b].map((_, i, all) => all[(i * 37) % all.length]);
    const outcome = async (rows: typeof a) => {
      const net = forecaster({ ...quick, horizon: 2 });
      const { heldOut } = await net.fit(rows);
      const by = (name: string) => heldOut.series?.find(each => each.name === name);
      const next = net.forecast(rows);
      return { a: by("7"), b: by("12"), next: next.sort((x, y) => Number(x.series) - Number(y.series)) };
    };
    const sorted = await outcome([...a, ...b]);
    const other = await outcome(mixed);
    expect(other.next.map(({ date }) => date)).toEqual([date(120), date(121), date(130), date(131)]);
    // Their order is that in which networks see the windows.
    expect(other.a?.windows).toBe(sorted.a?.windows);
    expect(other.a?.scores[0].baseline.mae).toBeCloseTo(sorted.a?.scores[0].baseline.mae ?? 0, 9);
    expect(other.b?.scores[0].baseline.mae).toBeCloseTo(sorted.b?.scores[0].baseline.mae ?? 0, 9);
    other.next.forEach(({ values }, i) => {
      expect(Math.abs(values.load - sorted.next[i].values.load)).toBeLessThan(3);
    });
  });

  it("chooses nothing by rows that are held out, of any series", async () => {
    const outcome = async (change: (i: number, value: number) => number) => {
      const net = forecaster({ ...quick, horizon: 2, refit: false });
      const series = (name: string, f: (i: number) => number) =>
        city(name, 150, i => (i >= 120 ? change(i, f(i)) : f(i)));
      const { targets } = await net.fit([...series("A", load), ...series("B", i => 1000 + 5 * load(i))]);
      return { targets, spec: net.spec, weights: net.model.getWeights().map(({ data }) => [...data]) };
    };
    expect(await outcome(i => 1e5 * noise(i))).toEqual(await outcome((_, value) => value));
  });

  it("names those that are too short, and forecasts new ones", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const long = [...city("A", 120, load), ...city("B", 120, i => 3 * load(i))];
    const net = forecaster({ ...quick, window: 14 });
    await net.fit([...long, ...city("short", 1, load), ...city("new", 9, load)]);
    expect(warn.mock.calls.flat().join()).toContain(
      'series with fewer than 15 rows are left out, as the model reads 14 and forecasts 1; a shorter window takes them in: "short" (1), "new" (9)',
    );
    expect(net.spec.series?.known.map(({ name }) => name)).toEqual(["A", "B"]);
    warn.mockClear();
    const again = loadForecaster(net.save());
    const rows = [...city("C", 60, i => 2e4 + 100 * load(i), 30), ...city("D", 3, load), ...city("A", 120, load)];
    const next = again.forecast(rows);
    expect(next.map(({ series, date }) => [series, date])).toEqual([
      ["C", date(90)],
      ["A", date(120)],
    ]);
    expect(Math.abs(next[0].values.load - 2e4 - 100 * load(90))).toBeLessThan(400);
    expect(warn.mock.calls.flat().join()).toContain("fewer than 14 rows are left out");
    // What is new is scored in its second half; what was learned from is not.
    const { windows, seen, series } = again.evaluate([...rows, ...city("B", 150, i => 3 * load(i))]);
    expect(series?.map(each => [each.name, each.windows])).toEqual([
      ["C", 30],
      ["B", 30],
    ]);
    expect([windows, seen]).toEqual([60, 106 + 106]);
    expect(() => again.forecast(city("E", 5, load))).toThrow("5 rows are too few, the model reads the last 14");
    warn.mockRestore();
  });

  it("takes a table read with or without them, and several id columns", async () => {
    const csv = [
      "store,item,x",
      ...range(240, i => `${i % 2 ? "NA" : "EU"},${i % 4 < 2 ? "tea" : "oil"},${load(i >> 2)}`),
    ];
    const table = readTable(csv.join("\n"), { series: ["store", "item"] });
    expect(table.series?.parts.map(({ name, table }) => [name, table.rows])).toEqual([
      ["EU, tea", 60],
      ["NA, tea", 60],
      ["EU, oil", 60],
      ["NA, oil", 60],
    ]);
    const options = { target: "x", units: 4, epochs: 2, seeds: 1 };
    const [one, other] = [forecaster(options), forecaster({ ...options, series: ["store", "item"] })];
    await one.fit(table);
    await other.fit(readTable(csv.join("\n")));
    expect(other.forecast(readTable(csv.join("\n")))).toEqual(one.forecast(table));
    expect(other.forecast(table)[3].series).toBe("NA, oil");
    await expect(forecaster({ ...options, series: "shop" }).fit(table)).rejects.toThrow("shop");
  });

  it("learns anew at origins, from the rows of each series before them", async () => {
    const rows = [...city("A", 100, load), ...city("B", 50, i => 9 * load(i))];
    const origins = await forecaster({ ...quick, network: "none", window: 8 }).backtest(rows, { origins: 2 });
    expect(origins.map(({ from, to, series }) => [from, to, series?.map(({ windows }) => windows)])).toEqual([
      [120, 135, [10, 5]],
      [135, 150, [10, 5]],
    ]);
  });
});
