/** Columns that are known for the rows to forecast. */
import { describe, expect, it } from "vitest";
import { type ForecasterOptions, forecaster, loadForecaster } from "../../src/forecast/index.ts";

const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const noise = (i: number) => {
  const x = Math.sin(12.9898 * i + 4.1) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};
const date = (i: number) => new Date(Date.UTC(2020, 0, 1) + i * 864e5).toISOString().slice(0, 10);
const isHoliday = (i: number) => noise(i + 5000) > 0.25;
const price = (i: number) => 900 + 300 * noise(i + 9000);
/** Days on which a holiday doubles what is sold, and a price that no past tells takes from it. */
const row = (i: number) => ({
  day: date(i),
  sales: 100 + 40 * (isHoliday(i) ? 1 : 0) - 0.05 * price(i) + noise(i),
  holiday: isHoliday(i),
  price: price(i),
  event: isHoliday(i) ? "feast" : "work",
});
const ahead = (i: number) => ({ ...row(i), sales: null });
const options: ForecasterOptions = {
  target: "sales",
  known: ["holiday", "price"],
  features: "sales",
  horizon: 2,
  window: 6,
  units: 12,
  epochs: 40,
  seeds: 1,
  learningRate: 0.01,
  network: "changes",
  calendar: false,
};

describe("columns known ahead", () => {
  it("tell what the past does not, from rows in the table or by themselves", async () => {
    const rows = range(400, row);
    const without = await forecaster({ ...options, known: [] }).fit(rows);
    const net = forecaster(options);
    const { heldOut } = await net.fit([...rows, ahead(400), ahead(401)]);
    expect(heldOut.scores[0].mae).toBeLessThan(0.5 * without.heldOut.scores[0].mae);
    const again = loadForecaster(net.save());
    const next = again.forecast(rows, 2, { future: [ahead(400), ahead(401)] });
    expect(again.forecast([...rows, ahead(400), ahead(401)])).toEqual(next);
    // In any order, with others among them, and never looking at what is to be forecast.
    expect(again.forecast(rows, 2, { future: [ahead(402), { ...row(401), sales: 1e9 }, row(400), row(399)] })).toEqual(
      next,
    );
    next.forEach(({ date: day, values }, k) => {
      expect(day).toBe(date(400 + k));
      expect(Math.abs(values.sales - row(400 + k).sales)).toBeLessThan(20);
    });
    const other = again.forecast(rows, 2, { future: [ahead(400), { ...ahead(401), holiday: !isHoliday(401) }] });
    expect(Math.abs(other[1].values.sales - next[1].values.sales)).toBeGreaterThan(20);
    expect(again.evaluate([...rows, ...range(30, i => row(400 + i))]).windows).toBe(29);
  });

  it("are an error that names the dates where they are missing", async () => {
    const net = forecaster({ ...options, epochs: 1, known: ["holiday", "event"] });
    const rows = range(100, row);
    await net.fit(rows);
    const message = (missing: string) =>
      `forecast: "holiday", "event" must be known for the 2 rows to forecast, and ${missing}, with nothing in "sales", or give them by future`;
    expect(() => net.forecast(rows)).toThrow(
      new RangeError(message(`are not for ${date(100)}, ${date(101)}; add these rows to the table`)),
    );
    expect(() => net.forecast([...rows, ahead(100)])).toThrow(
      message(`are not for ${date(101)}; add this row to the table`),
    );
    expect(() => net.forecast([...rows, { ...ahead(100), holiday: null }, ahead(101)])).toThrow(
      `are not for ${date(100)}`,
    );
    expect(() => net.forecast(rows, 5, { future: range(5, i => ahead(100 + i)) })).toThrow(`are not for ${date(105)}`);
    expect(net.forecast(rows, 5, { future: range(6, i => ahead(100 + i)) }).length).toBe(5);
    await expect(forecaster({ ...options, known: "sales" }).fit(rows)).rejects.toThrow(
      'known: "sales" is what is to be forecast',
    );
    const plain = forecaster({ ...options, epochs: 1, known: [] });
    await plain.fit(rows);
    expect(() => plain.forecast(rows, 1, { future: rows })).toThrow("learned from no column that is known ahead");
  });

  it("belong to each of several series, and to rows without times", async () => {
    const of = (city: string, from: number, n: number, f: (i: number) => ReturnType<typeof row | typeof ahead> = row) =>
      range(n, i => ({ city, ...f(from + i) }));
    const net = forecaster({ ...options, epochs: 1, series: "city" });
    const rows = [...of("A", 0, 60), ...of("B", 30, 60)];
    await net.fit(rows);
    const next = net.forecast([...rows, ...of("B", 90, 2, ahead)], 2, { future: of("A", 60, 2) });
    expect(next.map(({ series, date: day }) => [series, day])).toEqual([
      ["A", date(60)],
      ["A", date(61)],
      ["B", date(90)],
      ["B", date(91)],
    ]);
    expect(() => net.forecast(rows, 2, { future: of("B", 90, 2) })).toThrow(
      `rows to forecast of "A", and are not for ${date(60)}`,
    );
    const timeless = range(80, row).map(({ day: _, ...rest }, i) => ({ name: `n${noise(i)}`, ...rest }));
    const other = forecaster({ ...options, epochs: 1 });
    await other.fit(timeless.slice(0, 78));
    const future = timeless.slice(78);
    expect(other.forecast(timeless.slice(0, 78), 2, { future })).toEqual(
      other.forecast([...timeless.slice(0, 78), ...future.map(each => ({ ...each, sales: null }))]),
    );
  });
});
