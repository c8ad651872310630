/** The linear path against formulas: normal equations by another solver, least absolute errors by their definition. */
import { describe, expect, it } from "vitest";
import { chooseLines } from "../../src/forecast/chooseLines.ts";
import { type Rows, ridge, robustRidge } from "../../src/forecast/linear.ts";
import { fitLines } from "../../src/forecast/linearPath.ts";
import { cutTarget, type Line, lastValue, lineForecast, mixLines, seasonalNaive } from "../../src/forecast/lines.ts";
import type { Panel } from "../../src/forecast/panel.ts";
import { forLines } from "../../src/forecast/thin.ts";

/** Numbers that repeat themselves in no short time. */
const noise = (i: number, of = 1) =>
  Math.sin(12.9898 * i + 78.233 * of) * 43758.5453 - Math.floor(Math.sin(12.9898 * i + 78.233 * of) * 43758.5453) - 0.5;

function rowsOf(n: number, p: number, q: number): Rows {
  const x = Float64Array.from({ length: n * p }, (_, i) => noise(i, 1));
  const y = Float64Array.from({ length: n * q }, (_, i) => noise(i, 2));
  return { n, x, p, y, q };
}

/** Gaussian elimination with pivots, of (xᵀ d x + alpha) w = xᵀ d y. */
function byElimination({ n, x, p, y, q }: Rows, alpha: number, d: (row: number) => number): number[][] {
  const a = Array.from({ length: p }, (_, i) => [
    ...Array.from({ length: p }, (_, j) => {
      let sum = i === j ? alpha : 0;
      for (let r = 0; r < n; r++) sum += d(r) * x[r * p + i] * x[r * p + j];
      return sum;
    }),
    ...Array.from({ length: q }, (_, k) => {
      let sum = 0;
      for (let r = 0; r < n; r++) sum += d(r) * x[r * p + i] * y[r * q + k];
      return sum;
    }),
  ]);
  for (let k = 0; k < p; k++) {
    const pivot = a.slice(k).reduce((best, row) => (Math.abs(row[k]) > Math.abs(best[k]) ? row : best));
    const at = a.indexOf(pivot);
    [a[k], a[at]] = [a[at], a[k]];
    for (let i = 0; i < p; i++) {
      if (i === k) continue;
      const factor = a[i][k] / a[k][k];
      for (let j = k; j < p + q; j++) a[i][j] -= factor * a[k][j];
    }
  }
  return a.map((row, i) => row.slice(p).map(value => value / row[i]));
}

describe("ridge", () => {
  it.each([
    [40, 7, 1],
    [40, 7, 3],
    [41, 7, 2],
    [42, 6, 1],
    [43, 5, 3],
    [5, 9, 2], // more weights than rows
    [1, 1, 1],
  ])("of %i rows with %i numbers and %i outputs solves the normal equations", (n, p, q) => {
    const rows = rowsOf(n, p, q);
    for (const [i, alpha] of [0.01, 1, 100].entries()) {
      const weights = ridge(rows, [0.01, 1, 100])[i];
      byElimination(rows, alpha, () => 1).forEach((row, at) => {
        row.forEach((value, k) => {
          expect(weights[at * q + k]).toBeCloseTo(value, 9);
        });
      });
    }
    const weighed = ridge(
      rows,
      [1],
      Float64Array.from({ length: n }, (_, r) => 1 + (r % 3)),
    )[0];
    byElimination(rows, 1, r => 1 + (r % 3)).forEach((row, at) => {
      expect(weighed[at * q]).toBeCloseTo(row[0], 9);
    });
  });

  it("finds exact weights where there are some, also far apart", () => {
    const rows = rowsOf(60, 4, 1);
    const truth = [3, -0.5, 1e-3, 200];
    for (let r = 0; r < 60; r++) rows.y[r] = truth.reduce((sum, w, i) => sum + w * rows.x[r * 4 + i], 0);
    ridge(rows, [1e-10])[0].forEach((weight, i) => {
      expect(weight).toBeCloseTo(truth[i], 6);
    });
  });
});

describe("robust ridge", () => {
  it("has less absolute error than squares where some rows are far off, and near to none without them", () => {
    const rows = rowsOf(200, 3, 1);
    for (let r = 0; r < 200; r++)
      rows.y[r] = rows.x[r * 3] - 2 * rows.x[r * 3 + 2] + 0.05 * noise(r, 3) + (r % 20 === 7 ? 30 : 0);
    const absolute = (w: Float64Array) => {
      let sum = 0;
      for (let r = 0; r < 200; r++) {
        sum += Math.abs(rows.y[r] - w[0] * rows.x[r * 3] - w[1] * rows.x[r * 3 + 1] - w[2] * rows.x[r * 3 + 2]);
      }
      return sum;
    };
    const [squares, robust] = [ridge(rows, [0.01])[0], robustRidge(rows, [0.01])[0]];
    expect(absolute(robust)).toBeLessThan(absolute(squares));
    expect(robust[0]).toBeCloseTo(1, 1);
    expect(robust[2]).toBeCloseTo(-2, 1);
    expect(Math.abs(squares[0] - 1) + Math.abs(squares[2] + 2)).toBeGreaterThan(0.3);
  });
});

describe("lines", () => {
  const panelOf = (values: number[]): Panel => ({
    values: Float64Array.from(values),
    rows: values.length,
    columns: 1,
    measured: 1,
    flags: 0,
    scaled: [],
    targets: [0],
    truth: Float64Array.from(values),
    starts: new Int32Array(values.length),
    parts: [],
    hasMissing: false,
  });
  const season = Array.from({ length: 60 }, (_, i) => [5, 9, 2, 7][i % 4] + i);
  const windows = cutTarget(panelOf(season), 0, [10, 20, 31], { window: 9, horizon: 6 });

  it("take windows relative to their last value, with their deviation", () => {
    expect(windows.last[0]).toBe(season[9]);
    expect([...windows.x.subarray(0, 8)]).toEqual(season.slice(1, 9).map(value => value - season[9]));
    const own = season.slice(1, 10);
    const mean = own.reduce((a, b) => a + b) / 9;
    expect(windows.spread[0]).toBeCloseTo(Math.sqrt(own.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 9), 12);
    expect([...windows.truth.subarray(6, 12)]).toEqual(season.slice(20, 26));
    expect(cutTarget(panelOf(season), 0, [10], { window: 9, horizon: 1, floor: 50 }).spread[0]).toBe(50);
    // What follows the end is not known.
    expect([...cutTarget(panelOf(season), 0, [59], { window: 9, horizon: 2 }).truth]).toEqual([season[59], NaN]);
  });

  it("forecast the last value, and the value a season before, again and again", () => {
    expect([...lineForecast(lastValue(9, 6), windows).subarray(0, 6)]).toEqual(new Array(6).fill(season[9]));
    expect([...lineForecast(seasonalNaive(9, 6, 4), windows).subarray(0, 6)]).toEqual(
      [6, 7, 8, 9, 6, 7].map(i => season[i]),
    );
    expect([
      ...lineForecast(seasonalNaive(9, 2, 9), cutTarget(panelOf(season), 0, [10], { window: 9, horizon: 2 })),
    ]).toEqual(season.slice(1, 3));
  });

  it("are fitted to at most 20,000 windows, evenly spread", () => {
    const values = Array.from({ length: 26_000 }, (_, i) => Math.sin(i / 3) + noise(i, 3));
    const all = cutTarget(
      panelOf(values),
      0,
      Int32Array.from({ length: 25_000 }, (_, i) => i + 4),
      {
        window: 4,
        horizon: 1,
      },
    );
    const [fit, score] = [Array.from({ length: 24_000 }, (_, i) => i), [24_500, 24_700, 24_900]];
    const some = [...forLines(fit)];
    expect(some).toHaveLength(20_000);
    expect(new Set(some).size).toBe(20_000);
    expect(some.at(-1)).toBeGreaterThan(23_990);
    expect(forLines(score)).toBe(score);
    const linesBy = (own: number[]) => chooseLines(all, [{ fit: own, score }], { season: 1, deviation: 1 }).lines;
    expect(linesBy(fit)).toEqual(linesBy(some));
    expect(linesBy(fit)).not.toEqual(linesBy(fit.slice(0, 20_000)));
  });

  it("mix as their forecasts do", () => {
    const [a, b] = [lastValue(9, 6), seasonalNaive(9, 6, 4)];
    const [p, q] = [lineForecast(a, windows), lineForecast(b, windows)];
    lineForecast(mixLines([a, b], [0.25, 0.75]), windows).forEach((value, i) => {
      expect(value).toBeCloseTo(0.25 * p[i] + 0.75 * q[i], 9);
    });
  });

  it.each([
    { base: "last", scale: "all", robust: false },
    { base: "last", scale: "window", robust: false },
    { base: "season", scale: "all", robust: true },
    { base: "season", scale: "window", robust: true },
  ] as const)("of form %j continue a trend with a season", form => {
    const rows = Array.from({ length: 40 }, (_, i) => i + 9).filter(row => row + 6 <= 48);
    const known = cutTarget(panelOf(season), 0, rows, { window: 9, horizon: 6, floor: 1e-9 });
    const [line]: Line[] = fitLines(known, form, { alphas: [1e-6], season: 4, deviation: 10 });
    const later = cutTarget(panelOf(season), 0, [54], { window: 9, horizon: 6 });
    lineForecast(line, later).forEach((value, k) => {
      expect(value).toBeCloseTo(season[54 + k], 3);
    });
  });
});
