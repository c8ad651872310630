/** Which windows `evaluate` scores: by one rule for numbers and classes. */
import { describe, expect, it } from "vitest";
import { classifier, forecaster, loadClassifier, loadForecaster } from "../../src/forecast/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const date = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 864e5).toISOString().slice(0, 10);
const shop = (name: string, n: number) =>
  range(n, i => ({ shop: name, day: date(i), load: 100 + 10 * Math.sin(i) + (i % 7), sky: i % 3 ? "sun" : "rain" }));
const quick = { series: "shop", window: 6, units: 4, epochs: 1 };

describe("what evaluate scores", () => {
  it("is the second half of a new series, and the new rows of a known one, by forecaster and classifier", async () => {
    const [numbers, classes] = [forecaster({ ...quick, target: "load" }), classifier({ ...quick, target: "sky" })];
    const known = [...shop("A", 80), ...shop("B", 80)];
    await numbers.fit(known);
    await classes.fit(known);
    const [one, other] = [loadForecaster(numbers.save()), loadClassifier(classes.save())];
    for (const rows of [7, 8, 9, 31, 40, 41]) {
      const table = [...shop("A", 90), ...shop("new", rows)];
      // 10 rows of the known one; the first half of the new one, or the window, tells its units.
      const windows = 10 + rows - Math.max(6, Math.ceil(rows / 2));
      const [a, b] = [one.evaluate(table), other.evaluate(table)];
      expect([rows, a.windows, a.seen]).toEqual([rows, windows, 74]);
      expect([rows, b.windows, b.seen]).toEqual([rows, windows, 74]);
    }
  });

  it("is refused alike where nothing can be scored", async () => {
    const one = forecaster({ target: "load", window: 6, units: 4, epochs: 1 });
    const other = classifier({ target: "sky", window: 6, units: 4, epochs: 1 });
    const rows = shop("A", 80).map(({ shop: _, ...row }) => row);
    await one.fit(rows);
    await other.fit(rows);
    const short = "evaluate: 6 rows are too few, at least 7 are needed: the model reads 6 and forecasts 1";
    const gap = "evaluate: gaps and missing values leave no window to forecast from";
    for (const net of [one, other]) {
      expect(() => net.evaluate(rows.slice(0, 6))).toThrow(short);
      expect(() => net.evaluate([...rows.slice(0, 5), ...rows.slice(40, 45)])).toThrow(gap);
    }
  });
});
