/** Columns that are never below 0. */
import { describe, expect, it } from "vitest";
import { forecaster, forecasterOf, loadForecaster } from "../../src/forecast/index.ts";
import { loadModel } from "../../src/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const noise = (i: number) => {
  const x = Math.sin(12.9898 * i + 4.1) * 43758.5453;
  return x - Math.floor(x);
};
/** Often 0, now and then 1 to 4. */
const rows = range(300, i => ({ n: Math.max(0, Math.floor(9 * noise(i)) - 4) }));
const linear = { target: "n", network: "none", horizon: 2 } as const;

describe("a column that ends at 0", () => {
  it("is forecast no lower, nor are its intervals, held out and from a file", async () => {
    const net = forecaster(linear);
    let told: string[] | undefined;
    await net.fit(rows, { onPlan: ({ fromZero }) => (told = fromZero) });
    expect(told).toEqual(["n"]);
    const { forecasts, ends } = net.scored ?? { forecasts: [], ends: [] };
    const lowest = (values: ArrayLike<number>) => Math.min(...Array.from(values));
    expect(lowest(forecasts[0])).toBeGreaterThanOrEqual(0);
    // 0 is among the values, so that an interval of 80 % would end below.
    expect(lowest(ends[0]?.low ?? [])).toBe(0);
    const again = loadForecaster(net.save());
    const next = again.forecast(rows, 20);
    expect(lowest(next.map(({ low }) => low?.n ?? -1))).toBe(0);
    expect(lowest(next.map(({ values }) => values.n))).toBeGreaterThanOrEqual(0);
    again.evaluate(rows);
    expect(lowest(again.scored?.ends[0]?.low ?? [])).toBe(0);
  });

  it("is one that is often 0 and never below, in the rows learned from", async () => {
    const fromZero = async (change: (n: number, i: number) => number, more = {}) => {
      const net = forecaster({ ...linear, ...more });
      await net.fit(rows.map(({ n }, i) => ({ n: change(n, i) })));
      return net.spec.fromZero;
    };
    expect(await fromZero(n => n)).toEqual([true]);
    expect(await fromZero(n => n + 1)).toBeUndefined();
    expect(await fromZero((n, i) => (i === 10 ? -1 : n))).toBeUndefined();
    expect(await fromZero((n, i) => n + (i === 9 ? 0 : 1))).toBeUndefined();
    // What is held out is learned from in the end, but not without a refit.
    expect(await fromZero((n, i) => (i === 290 ? -1 : n))).toBeUndefined();
    expect(await fromZero((n, i) => (i === 290 ? -1 : n), { refit: false })).toEqual([true]);
  });

  it("is refused where a file tells nonsense of it", async () => {
    const net = forecaster(linear);
    await net.fit(rows);
    for (const wrong of [[], [1], true, [true, true]]) {
      const model = loadModel(net.save());
      (model.metadata.forecaster as { fromZero: unknown }).fromZero = wrong;
      expect(() => forecasterOf(model), JSON.stringify(wrong)).toThrow(RangeError);
    }
  });
});
