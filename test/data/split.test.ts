import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chronologicalSplit, type SplitOptions, windows } from "../../src/data/index.ts";
import { ndarray } from "../../src/ndarray.ts";

const count = (rows: number) => Array.from({ length: rows }, (_, i) => i);

describe("chronologicalSplit", () => {
  it("takes the newest tenth to test and the tenth before to validate", () => {
    const { train, validation, test } = chronologicalSplit(count(20).map(i => [i, -i]));
    expect(train.shape).toEqual([16, 2]);
    expect(validation.toArray()).toEqual([
      [16, -16],
      [17, -17],
    ]);
    expect(test.toArray()).toEqual([
      [18, -18],
      [19, -19],
    ]);
  });

  it("keeps every row once, in order", () => {
    const share = fc.double({ min: 0.05, max: 0.45, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 20, max: 200 }), share, share, (rows, validation, test) => {
        const parts = chronologicalSplit(count(rows), { validation, test });
        const all = [parts.train, parts.validation, parts.test].flatMap(part => [...part.data]);
        expect(all).toEqual(count(rows));
        expect(Math.abs(parts.validation.shape[0] - rows * validation)).toBeLessThanOrEqual(0.5);
        expect(Math.abs(parts.test.shape[0] - rows * test)).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  it("splits a list of arrays at the same rows", () => {
    const { x, y, index } = windows(
      count(13).map(i => [i]),
      { window: 3 },
    );
    const parts = chronologicalSplit([x, y, ndarray(index)], { validation: 0.2, test: 0.3 });
    expect(parts.train.map(part => part.shape)).toEqual([[5, 3, 1], [5, 1], [5]]);
    expect(parts.validation.map(part => part.toArray())).toEqual([
      [
        [[5], [6], [7]],
        [[6], [7], [8]],
      ],
      [[8], [9]],
      [8, 9],
    ]);
    expect(parts.test[2].toArray()).toEqual([10, 11, 12]);
  });

  it("splits arrays by name, and all that windows gives", () => {
    const parts = chronologicalSplit(
      { x: [[1], [2], [3], [4]], y: [true, false, true, true] },
      { validation: 0.25, test: 0.25 },
    );
    expect(parts.train.x.toArray()).toEqual([[1], [2]]);
    expect(parts.train.y.toArray()).toEqual([1, 0]);
    expect(parts.validation.x.toArray()).toEqual([[3]]);
    expect(parts.test.y.toArray()).toEqual([1]);
    const cut = windows(count(13), { window: 3 });
    const { train, test } = chronologicalSplit(cut, { validation: 0, test: 0.3 });
    expect(train.x.shape).toEqual([7, 3, 1]);
    expect(test.index.toArray()).toEqual([10, 11, 12]);
    expect(Object.keys(train)).toEqual(["x", "y", "index", "series"]);
    expect(chronologicalSplit(Object.assign(Object.create(null), { x: count(10) })).test.x.toArray()).toEqual([9]);
  });

  it("gives empty parts for shares of 0, and views of the array", () => {
    const array = ndarray([1, 2, 3], [3]);
    const { train, validation, test } = chronologicalSplit(array, { validation: 0, test: 0 });
    expect([validation.shape, test.shape]).toEqual([[0], [0]]);
    expect(train.data.buffer).toBe(array.data.buffer);
  });

  it.each([
    [{ test: 1.5 }, "chronologicalSplit: test: expected a number in [0, 1], got 1.5"],
    [{ validation: -0.1 }, "chronologicalSplit: validation: expected a number in [0, 1], got -0.1"],
    [{ validation: NaN }, "chronologicalSplit: validation: expected a number in [0, 1], got NaN"],
    [{ test: "0.1" }, 'chronologicalSplit: test: expected a number in [0, 1], got "0.1"'],
    [{ val: 0.1 }, 'chronologicalSplit: unknown option "val"; known options are validation, test'],
    [{ test: 0.01 }, "chronologicalSplit: test: 0.01 of 10 rows is less than one; pass a larger share or more rows"],
    [
      { validation: 0.5, test: 0.5 },
      "chronologicalSplit: expected shares that leave rows to train on, got validation 5 and test 5 of 10 rows; " +
        "pass smaller shares or more rows",
    ],
  ])("refuses %j", (options, message) => {
    expect(() => chronologicalSplit(count(10), options as SplitOptions)).toThrow(message);
  });

  it("refuses data that do not fit together", () => {
    expect(() => chronologicalSplit([ndarray([1, 2]), ndarray([1, 2, 3])])).toThrow(
      new RangeError("chronologicalSplit: expected arrays with equal numbers of rows, got 2, 3"),
    );
    expect(() => chronologicalSplit({ x: [1], y: [1, 2] })).toThrow(
      new RangeError("chronologicalSplit: expected arrays with equal numbers of rows, got x: 1, y: 2"),
    );
    expect(() => chronologicalSplit({ x: [1], y: null as never })).toThrow("chronologicalSplit: y: expected nested");
    expect(() => chronologicalSplit({})).toThrow("chronologicalSplit: expected nested number arrays, { shape, data }");
    expect(() => chronologicalSplit(new Map([["x", [1]]]) as never)).toThrow("got an object (Map)");
    expect(() => chronologicalSplit([ndarray([1]), null as never])).toThrow("chronologicalSplit: array 1: expected");
    expect(() => chronologicalSplit([null] as never)).toThrow(TypeError);
    expect(() => chronologicalSplit([])).toThrow("0.1 of 0 rows is less than one");
    expect(() => chronologicalSplit({ shape: [], data: [1] })).toThrow("0.1 of 0 rows is less than one");
  });
});
