/** Forecasters by the library: what is chosen, what is never looked at, and what comes back from a file. */
import { describe, expect, it, vi } from "vitest";
import { classifier, type Forecaster, forecaster, forecasterOf, loadForecaster } from "../../src/forecast/index.ts";
import { layers, loadModel, sequential } from "../../src/index.ts";
import { readTable } from "../../src/table/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const noise = (i: number) => {
  const x = Math.sin(12.9898 * i + 4.1) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};
const date = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 864e5).toISOString().slice(0, 10);
/** A week, a trend, and a product of the past that no linear path knows. */
const load = (i: number) =>
  50 + 0.1 * i + 8 * [0, 3, 5, 4, 1, -5, -8][i % 7] + 4 * Math.sin(i / 9) * Math.cos(i / 5) + noise(i);
const rows = (n: number) => range(n, i => ({ date: date(i), load: load(i), other: 10 + noise(i + 999) }));
const quick = { target: "load", units: 4, epochs: 3, seeds: 1 };

describe("a forecaster", () => {
  it("chooses nothing, and learns nothing before the refit, from rows that are held out", async () => {
    const outcome = async (data: ReturnType<typeof rows>) => {
      const net = forecaster({ ...quick, horizon: 2, refit: false });
      const { targets, networks, rows: parts } = await net.fit(data);
      return { targets, networks, parts, spec: net.spec, weights: net.model.getWeights().map(({ data }) => [...data]) };
    };
    const data = rows(300);
    const changed = data.map((row, i) =>
      i >= 240 ? { ...row, load: 1e4 * noise(i), other: -1e3 * noise(i + 7) } : row,
    );
    const [a, b] = [await outcome(data), await outcome(changed)];
    expect(a.parts).toEqual({ total: 300, train: 180, validation: 60, test: 60 });
    expect(b).toEqual(a);
    expect(a.spec.seasons).toEqual([7]);
    const other = await outcome(data.map((row, i) => (i === 239 ? { ...row, load: 0 } : row)));
    expect(other.weights).not.toEqual(a.weights);
  });

  it("is far better than baselines where a season and a trend can be known, also in dates", async () => {
    const net = forecaster({ ...quick, horizon: 7 });
    const { heldOut } = await net.fit(rows(300));
    const [{ mae, baseline, season, mase, steps, interval }] = heldOut.scores;
    expect(mae).toBeLessThan(0.2 * baseline.mae);
    expect(mae).toBeLessThan(season?.mae ?? 0);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(steps.reduce((sum, { mae }) => sum + mae, 0) / 7).toBeCloseTo(mae, 9);
    // By hand: MASE, and the baselines.
    const values = range(300, load);
    const naive = range(233, i => Math.abs(values[i + 7] - values[i])).reduce((a, b) => a + b) / 233;
    expect(mase).toBeCloseTo(mae / naive, 9);
    const origins = range(54, i => 240 + i);
    const last = origins.flatMap(row => range(7, k => Math.abs(values[row + k] - values[row - 1])));
    expect(baseline.mae).toBeCloseTo(last.reduce((a, b) => a + b) / last.length, 9);
    const week = origins.flatMap(row => range(7, k => Math.abs(values[row + k] - values[row + k - 7])));
    expect(season?.mae).toBeCloseTo(week.reduce((a, b) => a + b) / week.length, 9);
    expect(interval?.coverage).toBeGreaterThan(0.5);
    const next = net.forecast(rows(300));
    expect(next.map(({ date }) => date)).toEqual(range(7, k => date(300 + k)));
    next.forEach(({ values, low, high }, k) => {
      expect(Math.abs(values.load - load(300 + k))).toBeLessThan(8);
      expect((low?.load ?? 0) < (high?.load ?? 0)).toBe(true);
    });
  });

  it("says that nothing beats the last value of a random walk, and forecasts by it", async () => {
    let level = 100;
    let state = 1;
    const walk = range(600, i => {
      // Of a good generator: mulberry32
      state = (state + 0x6d2b79f5) | 0;
      let t = Math.imul(state ^ (state >>> 15), 1 | state);
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
      level += ((t ^ (t >>> 14)) >>> 0) / 2 ** 32 - 0.5;
      return { step: `x${i}`, close: level };
    });
    const net = forecaster({ target: "close", horizon: 3, units: 4, epochs: 4, seeds: 1 });
    const { targets } = await net.fit(walk);
    expect(targets[0].baseline).toBe("last");
    for (const { values } of net.forecast(walk)) expect(values.close).toBeCloseTo(level, 4);
  });

  it("says that nothing beats the value a season before, where the rest is noise, whatever the level does", async () => {
    const jump = range(300, i => ({
      date: date(i),
      v: 10 * noise((i % 7) + 50) + (i > 170 ? 500 : 0) + 0.01 * noise(i),
    }));
    const { targets, heldOut } = await forecaster({ target: "v", units: 4, epochs: 3, seeds: 1 }).fit(jump);
    expect(targets[0].season).toBe(7);
    const [{ mae, season }] = heldOut.scores;
    expect(mae).toBeLessThan(1.05 * (season?.mae ?? 0));
  });

  it("comes back from a file with all it needs, to the bit", async () => {
    for (const network of ["auto", "changes", "levels", "none"] as const) {
      const net = forecaster({ ...quick, target: ["load", "other"], horizon: 2, network, seeds: 2 });
      await net.fit(rows(200));
      const again = loadForecaster(net.save());
      expect(again.spec).toEqual(net.spec);
      expect(again.forecast(rows(205), 5)).toEqual(net.forecast(rows(205), 5));
      expect(again.evaluate(rows(230))).toEqual(net.evaluate(rows(230)));
      expect(again.evaluate(rows(230))).toMatchObject({ windows: 29, seen: 200 - net.spec.window });
    }
  });

  it("forecasts in float64 what the linear path of its file says in float32", async () => {
    // A meter that stands at 1.7e9: float32 knows it to 128.
    const meter = range(300, i => ({ date: date(i), count: 1.7e9 + 30 * i + 7 * [1, 4, 2, 8, 5, 7, 0][i % 7] }));
    const net = forecaster({ target: "count", horizon: 7, network: "none" });
    const { heldOut } = await net.fit(meter);
    expect(heldOut.scores[0].mae).toBeLessThan(0.01);
    net.forecast(meter).forEach(({ values }, k) => {
      expect(values.count).toBeCloseTo(1.7e9 + 30 * (300 + k) + 7 * [1, 4, 2, 8, 5, 7, 0][(300 + k) % 7], 1);
    });
  });

  it("learns anew at each origin of a backtest, from the rows before it alone", async () => {
    const net = forecaster({ ...quick, network: "none" });
    await net.fit(rows(300));
    const before = net.forecast(rows(300));
    const origins = await net.backtest(rows(300), { origins: 3 });
    expect(origins.map(({ from, to, windows, time }) => [from, to, windows, time])).toEqual([
      [240, 260, 20, date(240)],
      [260, 280, 20, date(260)],
      [280, 300, 20, date(280)],
    ]);
    expect(net.forecast(rows(300))).toEqual(before);
    // The second is what a forecaster of the first 280 rows says of the last 20 of them.
    const other = forecaster({ ...quick, network: "none", test: 20 / 280 });
    expect((await other.fit(rows(280))).heldOut.scores).toEqual(origins[1].scores);
    const changed = rows(300).map((row, i) => (i >= 280 ? { ...row, load: 1e3 * noise(i) } : row));
    expect((await net.backtest(changed, { origins: 3 })).slice(0, 2)).toEqual(origins.slice(0, 2));
    await expect(net.backtest(rows(300), { origins: 0 })).rejects.toThrow("backtest: origins: expected a whole number");
    await expect(loadForecaster(net.save()).backtest(rows(300))).rejects.toThrow(/of a file/);
  });

  it("takes tables and rows alike, with gaps in them", async () => {
    const csv = ["date,load", ...range(200, i => `${date(i)},${i % 13 === 5 ? "" : load(i)}`)].join("\n");
    const objects = range(200, i => ({
      date: new Date(Date.UTC(2020, 0, 1) + i * 864e5),
      load: i % 13 === 5 ? null : load(i),
    }));
    const nets: Forecaster[] = [];
    for (const data of [readTable(csv), objects]) {
      const net = forecaster(quick);
      await net.fit(data);
      nets.push(net);
    }
    const [a, b] = nets.map(net => net.forecast(readTable(csv))[0].values.load);
    expect(a).toBe(b);
    expect(Number.isFinite(a)).toBe(true);
  });

  it("needs only rows with the columns that it reads, and says what is wrong with others", async () => {
    const net = forecaster({ ...quick, window: 8 });
    expect(() => net.forecast(rows(20))).toThrow("forecaster: it knows nothing yet; call fit() first");
    await net.fit(rows(120));
    expect(net.forecast(rows(8))).toHaveLength(1);
    expect(() => net.forecast(rows(7))).toThrow("forecast: 7 rows are too few, the model reads the last 8");
    expect(() => net.forecast(rows(20), 2)).toThrow(
      /steps: expected at most 1, the model's horizon, got 2: it reads other/,
    );
    expect(() => net.forecast(rows(20), 0.5)).toThrow("steps: expected a whole number >= 1, got 0.5");
    expect(() => net.forecast([1, 2] as never)).toThrow(
      /forecast: expected rows such as \{ date: "2024-01-01", load: 5 \}, got 1/,
    );
    expect(() => net.forecast("csv" as never)).toThrow(TypeError);
    expect(() => net.forecast(range(20, i => ({ date: date(i), load: i })))).toThrow(/there is no column "other"/);
    await expect(forecaster({ target: "load", window: 100 }).fit(rows(120))).rejects.toThrow(
      /fit: 120 rows are too few, at least \d+ are needed for window 100, horizon 1 and test 0.2/,
    );
    await expect(forecaster({ target: "laod" }).fit(rows(120))).rejects.toThrow(
      /no column "laod", did you mean "load"/,
    );
    expect(() => forecaster({ target: "load", horizon: 0 })).toThrow("forecaster: horizon: expected a whole number");
    expect(() => forecaster({ target: ["a", "a"] })).toThrow('forecaster: target: column "a" is given twice');
    expect(() => forecaster({ target: [] })).toThrow(TypeError);
    expect(() => forecaster({ target: "a", windows: 3 } as never)).toThrow(/windows/);
    expect(() => loadForecaster(sequential([layers.dense({ units: 1, inputShape: [1] })]).save())).toThrow(
      "loadForecaster: the model does not say which columns it reads",
    );
    const model = loadModel(net.save());
    for (const [name, value] of [
      ["window", 9],
      ["targets", []],
      ["scales", null],
      ["naive", ["1"]],
      ["networks", [{ kind: "other" }]],
      ["intervals", { level: 0.8, targets: [{ low: [1] }] }],
    ] as const) {
      model.metadata = { forecaster: { ...net.spec, [name]: value } };
      expect(() => forecasterOf(model), name).toThrow(RangeError);
    }
  });

  it("ends when told: before the first network nothing is there, after it what was chosen by then is", async () => {
    const net = forecaster({ ...quick, epochs: 50 });
    await expect(net.fit(rows(150), { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i);
    const controller = new AbortController();
    const onStage = () => controller.abort();
    const report = await net.fit(rows(150), { signal: controller.signal, onStage });
    expect(report).toMatchObject({ aborted: true, networks: [] });
    expect(net.forecast(rows(150))).toHaveLength(1);
  });
});

it.each([
  [{}, "undefined"],
  [{ target: null }, "null"],
  [{ target: [] }, "an array of 0"],
  [{ target: ["a", undefined] }, "undefined"],
  [{ target: ["a", ""] }, '""'],
])("without a target, %j, is an error at once", (options, got) => {
  const message = `target: expected a column's name, or a list of names, got ${got}`;
  expect(() => forecaster(options as never)).toThrow(`forecaster: ${message}`);
  expect(() => classifier(options as never)).toThrow(`classifier: ${message}`);
});

it("says once that a large table has more windows than it learns from", async () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  const rows = Array.from({ length: 12_000 }, (_, i) => ({ load: Math.sin(i / 3) }));
  await forecaster({ target: "load", window: 4, network: "none", epochs: 30 }).fit(rows);
  const text = said.mock.calls.flat().find(line => /fit: learns from [\d]+ of [\d]+ windows/.test(String(line)));
  const [, all] =
    /learns from 5000 of (9\d\d\d) windows, spread over all rows.*; maxWindows \1 takes all/.exec(text) ?? [];
  said.mockClear();
  await forecaster({ target: "load", window: 4, network: "none", maxWindows: Number(all) }).fit(rows);
  expect(said).not.toHaveBeenCalled();
  await forecaster({ target: "load", window: 4, network: "none", epochs: 30 }).fit(rows.slice(0, 3000));
  expect(said).not.toHaveBeenCalled();
  said.mockRestore();
});

it("says once that the linear path of a large table is fitted to some windows alone", async () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  const rows = Array.from({ length: 30_000 }, (_, i) => ({ load: Math.sin(i / 3) + noise(i) }));
  const options = { target: "load", window: 4, network: "none", maxWindows: 30_000 } as const;
  const report = await forecaster(options).fit(rows);
  expect(said.mock.calls.flat()).toEqual([
    expect.stringMatching(
      /: fit: learns from 2\d{4} windows, the linear path from 20000 of them, spread over all rows$/,
    ),
  ]);
  // The noise is from -.5 to .5, and a mean of windows takes some of it away.
  expect(report.heldOut.scores[0].mae).toBeLessThan(0.4);
  expect(report.heldOut.scores[0].mae).toBeGreaterThan(0.25);
  said.mockRestore();
});

it("says once that a table to forecast has its rows at other times than the one that was learned from", async () => {
  const said = vi.spyOn(console, "warn").mockImplementation(() => {});
  const daily = forecaster({ target: "load", window: 6, network: "none" });
  await daily.fit(rows(120));
  const again = await loadForecaster(daily.save());
  const workdays = rows(42).filter(({ date }) => new Date(date).getUTCDay() % 6 > 0);
  const counted = rows(30).map((row, i) => ({ ...row, date: `2024-01-${String(i + 1).padStart(2, "0")}` }));
  for (const alike of [rows(30), workdays, counted]) again.forecast(alike);
  expect(said).not.toHaveBeenCalled();
  const hourly = rows(30).map((row, i) => ({ ...row, date: `${date(i >> 4)} ${String(i % 16).padStart(2, "0")}:00` }));
  for (let time = 0; time < 2; time++) again.forecast(hourly.slice(0, 16));
  expect(said.mock.calls.flat()).toEqual([
    "wasm-lstm: forecast: its rows are hourly, those that were learned from daily: forecasts may mean little",
  ]);
  said.mockRestore();
});

/** What leads says tomorrow's value but for noise; what is idle says nothing. */
const led = range(400, i => ({ date: date(i), load: 10 * noise(i), leads: 10 * noise(i + 1), idle: noise(i + 5000) }));

it("forecasts the same first steps however many are asked for", async () => {
  const net = forecaster({ target: "load", window: 4, units: 12, epochs: 30, learningRate: 0.02, horizon: 3 });
  await net.fit(led);
  expect(net.spec.networks).toHaveLength(1);
  expect(net.spec.calendar?.cycles).toEqual(["week"]);
  const all = net.forecast(led);
  for (const steps of [1, 2]) expect(net.forecast(led, steps)).toEqual(all.slice(0, steps));
});

it("tells what each input brings on held-out rows, when asked", async () => {
  const options = { target: "load", window: 4, units: 12, epochs: 30, learningRate: 0.02, calendar: false };
  const { inputs, curves, heldOut } = await forecaster(options).fit(led, { weigh: true });
  const weight = (name: string) => inputs?.find(({ input }) => input === name)?.increase[0] ?? Number.NaN;
  expect(inputs?.map(({ input }) => input).sort()).toEqual(["idle", "leads", "load"]);
  expect(inputs?.[0].input).toBe("leads");
  expect(weight("leads")).toBeGreaterThan(0.5 * heldOut.scores[0].mae);
  expect(Math.abs(weight("idle"))).toBeLessThan(0.1 * weight("leads"));
  const changes = curves.find(({ kind }) => kind === "changes");
  expect(changes?.training[0]).toBeGreaterThan(0.7);
  expect(changes?.training.at(-1)).toBeLessThan(0.7 * (changes?.training[0] ?? 0));
  expect(changes?.validation).toHaveLength(changes?.training.length ?? 0);
  const plain = await forecaster({ ...options, epochs: 1 }).fit(led);
  expect(plain.inputs).toBeUndefined();
});

it("learns from more windows than are cut at once, and forecasts and scores them some at a time", async () => {
  // 30 rows of 24 numbers: with 7,000 windows more than are cut before the training.
  const large = range(12_000, i => ({
    load: 10 * noise(i) + 5 * noise(i - 1),
    ...Object.fromEntries(range(11, c => [`c${c}`, noise(i * 7 + c)])),
  }));
  const options = { target: "load", window: 30, units: 4, epochs: 1, batchSize: 256, network: "changes" } as const;
  const net = forecaster({ ...options, refit: false });
  const { heldOut, curves, rows: parts } = await net.fit(large);
  expect(heldOut.windows).toBe(parts.test);
  expect(curves[0].training).toHaveLength(1);
  // The last value, by hand, over all windows held out.
  const values = large.map(({ load }) => load);
  const from = parts.train + parts.validation;
  const errors = values.slice(from).map((value, i) => Math.abs(value - values[from + i - 1]));
  expect(heldOut.scores[0].baseline.mae).toBeCloseTo(errors.reduce((a, b) => a + b) / errors.length, 9);
  // In two chunks as in one.
  const { scores, windows } = net.evaluate(large);
  expect(windows).toBe(parts.test);
  expect(scores[0].mae).toBeCloseTo(heldOut.scores[0].mae, 6);
  const all = net.evaluate(large.map(({ load, ...row }) => ({ ...row, load: load + 1e-9 })));
  expect(all.windows).toBe(12_000 - 30);
}, 120_000);
