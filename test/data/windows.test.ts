import fc from "fast-check";
import { describe, expect, it } from "vitest";
import "../../src/standard.ts";
import { chronologicalSplit, latestWindow, type WindowOptions, windows } from "../../src/data/index.ts";
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

  it("refuses lists of columns that claim what they have not", () => {
    const list = new Proxy([0, 1], { get: (target, key) => (key === "length" ? 2 ** 32 : Reflect.get(target, key)) });
    expect(() => windows(series(9, 2), { window: 2, features: list })).toThrow(
      "windows: features: expected a whole number >= 0, got undefined",
    );
    const { proxy, revoke } = Proxy.revocable([0], {});
    revoke();
    expect(() => windows(series(9, 2), { window: 2, targets: proxy })).toThrow(
      "windows: targets: expected a list of column numbers, got an object that cannot be read",
    );
  });

  it("refuses what is no table", () => {
    const message = (shape: string) => `windows: series: expected [rows, columns] or [rows], got shape ${shape}`;
    expect(() => windows([[], []], { window: 1 })).toThrow(new RangeError(message("[2, 0]")));
    expect(() => windows({ shape: [], data: [1] }, { window: 1 })).toThrow(new RangeError(message("[]")));
    expect(() => windows({ shape: [1, 2, 2, 1], data: [1, 2, 3, 4] }, { window: 1 })).toThrow(
      new RangeError(message("[1, 2, 2, 1]")),
    );
    expect(() => windows(null as unknown as number[], { window: 1 })).toThrow(TypeError);
    expect(() => windows([[1], [2, 3]], { window: 1 })).toThrow("windows: series: expected every row");
    expect(() => windows([], { window: 1 })).toThrow("windows: expected at least 2 rows (window 1 + horizon 1), got 0");
    expect(() => windows(series(4, 1), { window: 2, horizon: 1, stride: 1, targets: new Array(2) })).toThrow(
      "windows: targets: expected a whole number >= 0, got undefined",
    );
  });

  it("takes the numbers of one column", () => {
    const wanted = windows([[1], [2], [3], [4]], { window: 2 });
    expect(windows([1, 2, 3, 4], { window: 2 })).toEqual(wanted);
    expect(windows(ndarray([1, 2, 3, 4]), { window: 2 })).toEqual(wanted);
    expect(windows(Float64Array.of(1, 2, 3, 4) as never, { window: 2 })).toEqual(wanted);
    expect(latestWindow([1, 2, 3, 4], 2).toArray()).toEqual([[[3], [4]]]);
  });

  it("keeps numbers as they are", () => {
    const time = Array.from({ length: 6 }, (_, i) => [1_700_000_000 + i, 1e10 + i / 8]);
    const { x, y } = windows(time, { window: 3 });
    expect(x.toArray()).toEqual([0, 1, 2].map(i => time.slice(i, i + 3)));
    expect(y.toArray()).toEqual(time.slice(3));
    expect(latestWindow(time, 2).toArray()).toEqual([time.slice(4)]);
    for (const Kind of [Float32Array, Int32Array, Float64Array]) {
      const { x, y } = windows({ shape: [4, 1], data: Kind.of(1, 2, 3, 4) }, { window: 2 });
      expect(x.data).toEqual(Kind.of(1, 2, 2, 3));
      expect(y.data).toEqual(Kind.of(3, 4));
    }
  });

  it("says when there is no memory for them all", () => {
    const long = { shape: [2e6, 1], data: new Float32Array(2e6) };
    expect(() => windows(long, { window: 1e6 })).toThrow(
      "windows: x: the result would hold 1000000000000 numbers, more than there is memory for; take fewer",
    );
  });
});

describe("windows of several series", () => {
  const several = (...rows: number[]) =>
    rows
      .map(count => series(count, 2).toArray() as number[][])
      .map((table, k) => table.map(row => row.map(n => 1000 * k + n)));

  it("are those of each, in the order of their place in their own series", () => {
    const list = several(7, 5);
    const all = windows(list, { window: 2 });
    const each = list.map(table => windows(table, { window: 2 }));
    expect([...all.series]).toEqual([0, 1, 0, 0, 1, 0, 1, 0]);
    for (const k of [0, 1]) {
      const own = [...all.series.keys()].filter(i => all.series[i] === k);
      const pick = (array: { toArray(): unknown }) => own.map(i => (array.toArray() as unknown[])[i]);
      expect(pick(all.x)).toEqual(each[k].x.toArray());
      expect(pick(all.y)).toEqual(each[k].y.toArray());
      expect(own.map(i => all.index[i])).toEqual([...each[k].index]);
    }
  });

  it("end with the end of every series, whatever part is taken for validation", () => {
    const count = fc.integer({ min: 20, max: 120 });
    fc.assert(
      fc.property(
        fc.array(count, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        (rows, share) => {
          const { x, y, index, series: from } = windows(several(...rows), { window: 4, horizon: 2 });
          const { train, test } = chronologicalSplit({ x, y, index, from }, { validation: 0, test: share });
          rows.forEach((own, k) => {
            const of = (part: typeof train) => [...part.index.data].filter((_, i) => part.from.data[i] === k);
            const [seen, held] = [of(train), of(test)];
            const n = own - 5;
            expect([...seen, ...held]).toEqual(Array.from({ length: n }, (_, i) => i + 4));
            expect(Math.abs(held.length - share * n)).toBeLessThanOrEqual(1.5);
          });
        },
      ),
      { seed: 3 },
    );
  });

  it("come from every form of a list", () => {
    const [a, b] = several(6, 6);
    const wanted = windows([a, b], { window: 3 });
    const flat = (table: number[][]) => ({ shape: [6, 2], data: table.flat() });
    expect(windows([flat(a), flat(b)], { window: 3 })).toEqual(wanted);
    expect(windows([ndarray(a.flat(), [6, 2]), b] as never, { window: 3 })).toEqual(wanted);
    expect(windows({ shape: [2, 6, 2], data: [...a, ...b].flat() }, { window: 3 })).toEqual(wanted);
    const columns = windows([ndarray([1, 2, 3]), ndarray(Float32Array.of(4, 5))], { window: 1 });
    expect(columns.x.toArray()).toEqual([[[1]], [[4]], [[2]]]);
    expect(columns.x.data).toBeInstanceOf(Float64Array);
    expect(windows([ndarray([1, 2, 3])], { window: 1 })).toEqual(windows([1, 2, 3], { window: 1 }));
  });

  it("refuses lists that do not fit together", () => {
    expect(() => windows([[[1], [2]], [[1, 2]]], { window: 1 })).toThrow(
      new RangeError("windows: series 1: expected 1 columns as in series 0, got 2"),
    );
    expect(() => windows([[[1], [2], [3]], [[1]]], { window: 1 })).toThrow(
      new RangeError(
        "windows: expected at least 2 rows (window 1 + horizon 1), got 1 in series 1; leave it out or pass a shorter window",
      ),
    );
    expect(() => windows([[[1], [2]], null] as never, { window: 1 })).toThrow(
      "windows: series 1: expected nested number",
    );
    expect(() => windows({ shape: [0, 2, 2], data: [] }, { window: 1 })).toThrow(
      "windows: series: expected at least one series, got shape [0, 2, 2]",
    );
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
    expect(() => latestWindow({ shape: [1, 2, 1], data: [1, 2] }, 1)).toThrow(
      "latestWindow: series: expected [rows, columns] or [rows], got shape [1, 2, 1]",
    );
  });
});

it("lists of numbers of unequal length are no series, and say how to write one", () => {
  const message =
    "windows: series: expected every row to have 4 numbers, got one of 3; a series in a list is a list of rows, [[1], [2]], or ndarray([1, 2])";
  for (const series of [
    [
      [1, 2, 3, 4],
      [1, 2, 3],
    ],
    [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3)],
  ]) {
    expect(() => windows(series as number[][], { window: 2 })).toThrow(new RangeError(message));
  }
  const shaped = [ndarray([1, 2, 3, 4]), ndarray([1, 2, 3])];
  expect(windows(shaped, { window: 2 }).y.toArray()).toEqual([[3], [3], [4]]);
});
