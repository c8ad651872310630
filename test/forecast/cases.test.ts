/** The tables of test/table/cases, learned from: what each is to give. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ForecasterOptions, forecaster } from "../../src/forecast/index.ts";
import { readTable, type TableOptions } from "../../src/table/index.ts";

const folder = join(import.meta.dirname, "../table/cases");
const quick = { units: 8, epochs: 6, seeds: 1 };

async function learn(
  name: string,
  target: string,
  options: Partial<ForecasterOptions> = {},
  reading: TableOptions = {},
) {
  const table = readTable(readFileSync(join(folder, name)), { name, ...reading });
  const net = forecaster({ target, ...quick, ...options });
  const report = await net.fit(table);
  const [score] = report.heldOut.scores;
  return { table, net, report, score, last: score.baseline.mae, next: () => net.forecast(table) };
}

describe("a table of the cases, learned from", () => {
  it("crlf-bom: no cycle of a year that it does not hold twice", async () => {
    const { score, net } = await learn("crlf-bom.csv", "load");
    expect(score.mae).toBeLessThan(0.3);
    expect(net.spec.calendar?.cycles).toEqual(["week"]);
  });

  it("dates-us-newest-first: the series rises, and goes on rising", async () => {
    const { next } = await learn("dates-us-newest-first.csv", "load");
    const [{ date, values }] = next();
    expect(date).toBe("2025-04-05");
    expect(values.load).toBeGreaterThan(400);
    expect(values.load).toBeLessThan(403);
  });

  it("quality-random-walk: nothing beats the last value, by which it is forecast", async () => {
    const { report, score, last, next } = await learn("quality-random-walk.csv", "close");
    expect(report.targets[0].baseline).toBe("last");
    expect(score.mae).toBeCloseTo(last, 9);
    expect(next()[0].values.close).toBeCloseTo(85.54, 9);
  });

  it("quality-rise-after-dip: far below the last value's error", async () => {
    const { score, last } = await learn("quality-rise-after-dip.csv", "jobs");
    expect(last).toBeCloseTo(1.55, 2);
    expect(score.mae).toBeLessThan(0.5 * last);
  });

  it("seasonal-level-shift: no worse than the last value or the season, though the level jumps among the rows held out", async () => {
    const { score, last } = await learn("seasonal-level-shift.csv", "sales");
    expect(score.mae).toBeLessThan(1.05 * Math.min(last, score.season?.mae ?? 0));
  });

  it("trend: at most half the last value's error", async () => {
    const { score, last } = await learn("trend.csv", "sales");
    expect(score.mae).toBeLessThan(0.5 * last);
  });

  it("missing-na: what is missing in a feature or in the target is learned through", async () => {
    for (const target of ["load", "temp"]) {
      const { score, net } = await learn("missing-na.csv", target);
      expect(net.spec.features).toEqual(["load", "temp"]);
      expect(score.mae).toBeLessThan(0.3);
    }
  });

  it("missing-sentinel: with -200 told as missing the error is that of the rest", async () => {
    const [as, told] = [
      await learn("missing-sentinel.csv", "load"),
      await learn("missing-sentinel.csv", "load", {}, { na: -200 }),
    ];
    expect(told.score.mae).toBeLessThan(0.4);
    expect(told.last).toBeLessThan(3);
    expect(as.last).toBeGreaterThan(10);
  });

  it("gaps: no window runs across the 300 days that are missing", async () => {
    const { report } = await learn("gaps.csv", "load", { window: 20, test: 0.5, network: "none" });
    expect(report.rows.total).toBe(400);
    // 200 rows are held out, all of them behind the gap: their first 20 have no window.
    expect(report.heldOut.windows).toBe(180);
  });

  it("constant-target: an error that says so", async () => {
    await expect(learn("constant-target.csv", "load")).rejects.toThrow(
      'target: nothing is to be learned of column "load": it is always 5',
    );
  });

  it("long-two-series-us: one forecaster learns both", async () => {
    const { next, score, last } = await learn("long-two-series-us.csv", "load", { series: "city" }, { series: "city" });
    expect(score.mae).toBeLessThan(0.4 * last);
    expect(next().map(({ series, date }) => [series, date])).toEqual([
      ["A", "2024-09-17"],
      ["B", "2024-09-17"],
    ]);
    const [a, b] = next().map(({ values }) => values.load);
    expect(Math.abs(a - 59.6)).toBeLessThan(3);
    expect(Math.abs(b - 1059.6)).toBeLessThan(3);
  });
});
