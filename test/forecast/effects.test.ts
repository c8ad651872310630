/** What columns known ahead add to the linear path. */
import { describe, expect, it } from "vitest";
import { fitEffects } from "../../src/forecast/effects.ts";
import { forecaster, forecasterOf, loadForecaster } from "../../src/forecast/index.ts";
import { cutTarget, lineForecast, seasonalNaive, withoutEffects } from "../../src/forecast/lines.ts";
import { originsWithin, toPanel } from "../../src/forecast/panel.ts";
import { loadModel } from "../../src/index.ts";
import { readTable } from "../../src/table/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const noise = (i: number) => {
  const x = Math.sin(12.9898 * i + 4.1) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};
const date = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 864e5).toISOString().slice(0, 10);
const isHoliday = (i: number) => noise(i + 5000) > 0.46;
/** A week and a trend, and a jump on one day of 25. */
const load = (i: number) => 100 + 0.05 * i + 8 * Math.sin((2 * Math.PI * i) / 7) + (isHoliday(i) ? 25 : 0) + noise(i);
const row = (i: number) => ({ day: date(i), load: load(i), holiday: isHoliday(i) });
const rows = range(500, row);
const linear = { target: "load", features: "load", horizon: 3, network: "none" } as const;

describe("effects of columns known ahead", () => {
  it("are those that a series was made with, whatever the line", () => {
    const week = [3, 1, 4, 1, 5, 9, 2];
    const csv = range(200, i => {
      const [a, b] = [noise(i) > 0.3 ? 1 : 0, 50 * noise(i + 300)];
      return `${week[i % 7] + 30 * a - 0.5 * b},${a},${b}`;
    });
    const table = readTable(["y,a,b", ...csv].join("\n"));
    const columns = { features: ["y"], targets: ["y"], known: ["a", "b"], calendar: null };
    const panel = toPanel([{ name: "", table }], columns, 1);
    const origins = originsWithin(panel, 8, 2, 0, panel.rows);
    const windows = cutTarget(panel, 0, origins, { window: 8, horizon: 2, ahead: true });
    const line = fitEffects(windows, [0, 1], () => seasonalNaive(8, 2, 7));
    // Held at 0 by a row's weight.
    expect(line.effects?.[0]).toBeCloseTo(30, 0);
    expect(line.effects?.[1]).toBeCloseTo(-0.5, 2);
    const exact = { ...seasonalNaive(8, 2, 7), effects: Float64Array.of(30, -0.5) };
    lineForecast(exact, windows).forEach((value, i) => {
      expect(value).toBeCloseTo(windows.truth[i], 9);
    });
    const rest = withoutEffects(windows, exact.effects);
    rest.truth.forEach((value, i) => {
      const [at, h] = [Math.floor(i / 2), i % 2];
      expect(value - windows.last[at]).toBeCloseTo(week[(origins[at] + h) % 7] - week[(origins[at] - 1) % 7], 9);
    });
    expect(fitEffects(windows, [1], () => seasonalNaive(8, 2, 7)).effects?.[0]).toBe(0);
  });

  it("let the linear path alone catch a jump on holidays, also from a file", async () => {
    const without = await forecaster(linear).fit(rows);
    const net = forecaster({ ...linear, known: ["holiday"] });
    const { heldOut, targets } = await net.fit(rows);
    expect(targets[0]).toMatchObject({ baseline: null, shares: [] });
    expect(targets[0].effects).toContain("holiday");
    expect(without.targets[0].effects).not.toContain("holiday");
    expect(heldOut.scores[0].mae).toBeLessThan(0.3 * without.heldOut.scores[0].mae);
    const again = loadForecaster(net.save());
    const future = (holiday: number) => range(3, k => ({ day: date(500 + k), holiday: k === holiday }));
    const [none, second] = [-1, 1].map(holiday => again.forecast(rows, 3, { future: future(holiday) }));
    const jumps = none.map(({ values }, k) => second[k].values.load - values.load);
    expect(jumps[0]).toBe(0);
    expect(Math.abs(jumps[1] - 25)).toBeLessThan(1.5);
    expect(jumps[2]).toBe(0);
    none.forEach(({ values }, k) => {
      expect(Math.abs(values.load - (load(500 + k) - (isHoliday(500 + k) ? 25 : 0)))).toBeLessThan(2);
    });
    // A holiday in the window is no reason to expect a high value after it.
    const evaluated = again.evaluate([...rows, ...range(30, i => row(500 + i))]);
    expect(evaluated.windows).toBe(28);
    expect(evaluated.scores[0].mae).toBeLessThan(1);
    const weighed = await forecaster({ ...linear, known: ["holiday"] }).fit(rows, { weigh: true });
    expect(weighed.inputs?.find(({ input }) => input === "holiday")?.increase[0]).toBeGreaterThan(0.5);
  });

  it("are in each series' own unit", async () => {
    const cities = [1, 100].flatMap(size =>
      rows.map(each => ({ city: `of ${size}`, ...each, load: size * each.load })),
    );
    const net = forecaster({ ...linear, series: "city", known: ["holiday"] });
    const { targets, heldOut } = await net.fit(cities);
    expect(targets[0].effects).toContain("holiday");
    const [small, large] = heldOut.series ?? [];
    expect(large.scores[0].mae / small.scores[0].mae).toBeCloseTo(100, 0);
    expect(small.scores[0].mae).toBeLessThan(1);
  });

  it("are left out where they say nothing: a baseline wins", async () => {
    let level = 100;
    const walk = range(400, i => {
      level += noise(i);
      return { day: date(i), load: level, holiday: isHoliday(i) };
    });
    const { targets } = await forecaster({ ...linear, horizon: 1, known: ["holiday"] }).fit(walk);
    expect(targets[0]).toMatchObject({ baseline: "last", effects: [] });
  });

  it("are chosen and fitted without the rows held out", async () => {
    const outcome = async (change: (i: number, value: number) => number) => {
      const net = forecaster({ ...linear, known: ["holiday"], refit: false });
      const { targets } = await net.fit(
        rows.map((each, i) => (i < 400 ? each : { ...each, load: change(i, each.load) })),
      );
      return { targets, spec: net.spec, weights: net.model.getWeights().map(({ data }) => [...data]) };
    };
    expect(await outcome(i => 1e5 * noise(i))).toEqual(await outcome((_, value) => value));
  });

  it("are a damaged file where it tells of columns that it does not have", async () => {
    const net = forecaster({ ...linear, known: ["holiday"] });
    await net.fit(rows);
    const ahead = net.spec.ahead ?? 0;
    expect(ahead).toBeGreaterThan(0);
    for (const wrong of [0, ahead + 1, -1, 1e9, "1"]) {
      const model = loadModel(net.save());
      (model.metadata.forecaster as { ahead: unknown }).ahead = wrong;
      expect(() => forecasterOf(model), String(wrong)).toThrow(RangeError);
    }
  });
});
