import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { latestWindow, type WindowOptions, windows } from "../../src/data/index.ts";
import { ndarray } from "../../src/ndarray.ts";

/** Cell (row, column) holds 10 row + column, so every number tells where it is from. */
const series = (rows: number, columns: number) =>
  ndarray(
    Float32Array.from({ length: rows * columns }, (_, i) => 10 * Math.floor(i / columns) + (i % columns)),
    [rows, columns],
  );

describe("windows", () => {
  it("cuts all columns by default", () => {
    const { x, y, index } = windows(series(4, 2), { window: 2 });
    expect(x.toArray()).toEqual([
      [
        [0, 1],
        [10, 11],
      ],
      [
        [10, 11],
        [20, 21],
      ],
    ]);
    expect(y.toArray()).toEqual([
      [20, 21],
      [30, 31],
    ]);
    expect(index).toEqual(Int32Array.of(2, 3));
  });

  it("puts the targets of one row side by side, row after row", () => {
    const { x, y, index } = windows(series(6, 3), { window: 1, horizon: 2, features: [1], targets: [2, 0], stride: 3 });
    expect(x.toArray()).toEqual([[[1]], [[31]]]);
    expect(y.toArray()).toEqual([
      [12, 10, 22, 20],
      [42, 40, 52, 50],
    ]);
    expect(index).toEqual(Int32Array.of(1, 4));
  });

  it("covers exactly the right rows", () => {
    const options = fc.record({
      rows: fc.integer({ min: 2, max: 30 }),
      columns: fc.integer({ min: 1, max: 4 }),
      window: fc.integer({ min: 1, max: 8 }),
      horizon: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 5 }),
      seed: fc.array(fc.nat(), { minLength: 2, maxLength: 6 }),
    });
    fc.assert(
      fc.property(options, ({ rows, columns, window, horizon, stride, seed }) => {
        fc.pre(rows >= window + horizon);
        const features = seed.slice(1).map(n => n % columns);
        const targets = seed.slice(0, 2).map(n => n % columns);
        const { x, y, index } = windows(series(rows, columns), { window, horizon, stride, features, targets });
        const starts: number[] = [];
        for (let start = 0; start + window + horizon <= rows; start += stride) starts.push(start);
        const row = (r: number, chosen: number[]) => chosen.map(c => 10 * r + c);
        const span = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);
        expect(x.shape).toEqual([starts.length, window, features.length]);
        expect(y.shape).toEqual([starts.length, horizon * targets.length]);
        expect([...index]).toEqual(starts.map(start => start + window));
        expect(x.toArray()).toEqual(starts.map(start => span(start, window).map(r => row(r, features))));
        expect(y.toArray()).toEqual(starts.map(start => span(start + window, horizon).flatMap(r => row(r, targets))));
      }),
    );
  });

  it("needs one window and its forecast, no more", () => {
    expect(windows(series(5, 1), { window: 3, horizon: 2 }).x.shape).toEqual([1, 3, 1]);
    expect(() => windows(series(4, 1), { window: 3, horizon: 2 })).toThrow(
      new RangeError(
        "windows: expected at least 5 rows (window 3 + horizon 2), got 4; pass more rows or a shorter window",
      ),
    );
  });

  it.each([
    [{}, "windows: window: expected a whole number >= 1, got undefined"],
    [{ window: 0 }, "windows: window: expected a whole number >= 1, got 0"],
    [{ window: 2, horizon: 1.5 }, "windows: horizon: expected a whole number >= 1, got 1.5"],
    [{ window: 2, stride: 0 }, "windows: stride: expected a whole number >= 1, got 0"],
    [{ window: 2, features: [2] }, "windows: features: expected column numbers from 0 to 1, got 2"],
    [{ window: 2, targets: [] }, "windows: targets: expected at least one column number, got an empty list"],
    [{ window: 2, targets: 0 }, "windows: targets: expected a list of column numbers, got 0"],
    [
      { window: 2, target: [0] },
      'windows: unknown option "target", did you mean "targets"? Known options are window, horizon, features, targets, stride',
    ],
  ])("refuses %j", (options, message) => {
    expect(() => windows(series(9, 2), options as unknown as WindowOptions)).toThrow(message);
  });

  it("refuses what is no table", () => {
    const message = (shape: string) =>
      `windows: series: expected [rows, columns], got shape ${shape}; ` +
      "a single series of n numbers is { shape: [n, 1], data }";
    expect(() => windows([1, 2, 3], { window: 1 })).toThrow(new RangeError(message("[3]")));
    expect(() => windows([[], []], { window: 1 })).toThrow(new RangeError(message("[2, 0]")));
    expect(() => windows(null as unknown as number[], { window: 1 })).toThrow(TypeError);
    expect(() => windows([[1], [2, 3]], { window: 1 })).toThrow("windows: series: expected every row");
  });
});

describe("latestWindow", () => {
  it("is the end of the series", () => {
    expect(latestWindow(series(4, 2), 3).toArray()).toEqual([
      [
        [10, 11],
        [20, 21],
        [30, 31],
      ],
    ]);
    expect(latestWindow(series(4, 3), 1, [2, 0]).toArray()).toEqual([[[32, 30]]]);
    expect(latestWindow(series(2, 1), 2).shape).toEqual([1, 2, 1]);
  });

  it("refuses what it cannot cut", () => {
    expect(() => latestWindow(series(2, 1), 3)).toThrow(
      new RangeError("latestWindow: expected at least 3 rows, got 2; pass more rows"),
    );
    expect(() => latestWindow(series(2, 1), 0)).toThrow("latestWindow: window: expected a whole number >= 1, got 0");
    expect(() => latestWindow(series(2, 1), 1, [1])).toThrow("latestWindow: features: expected column numbers");
    expect(() => latestWindow([1, 2], 1)).toThrow("latestWindow: series: expected [rows, columns], got shape [2]");
  });
});
