import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { concat } from "../../src/data/index.ts";
import { ndarray, sizeOf } from "../../src/ndarray.ts";

describe("concat", () => {
  it("puts arrays one after the other", () => {
    const a = ndarray([1, 2], [1, 2]);
    expect(
      concat([
        a,
        [
          [3, 4],
          [5, 6],
        ],
      ]).toArray(),
    ).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(concat([a, [[3]]], 1).toArray()).toEqual([[1, 2, 3]]);
    expect(concat([a]).toArray()).toEqual([[1, 2]]);
    expect(concat([[1], [2, 3]]).toArray()).toEqual([1, 2, 3]);
    expect(concat([ndarray([], [0, 2]), a]).toArray()).toEqual([[1, 2]]);
  });

  it("is what slices of an array are put together to, along any axis", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.nat(3), fc.nat(4), (shape, at, cut) => {
        const axis = at % shape.length;
        const array = ndarray(
          Float32Array.from({ length: sizeOf(shape) }, (_, i) => i),
          shape,
        );
        const k = Math.min(cut, shape[axis]);
        const slice = (nested: unknown, depth: number, from: number, to: number): unknown =>
          depth === 0
            ? (nested as unknown[]).slice(from, to)
            : (nested as unknown[]).map(entry => slice(entry, depth - 1, from, to));
        const part = (from: number, to: number) => {
          const own = shape.map((n, i) => (i === axis ? to - from : n));
          return ndarray(
            Float32Array.from((slice(array.toArray(), axis, from, to) as number[]).flat(Infinity) as number[]),
            own,
          );
        };
        expect(concat([part(0, k), part(k, shape[axis])], axis)).toEqual(array);
      }),
      { seed: 1 },
    );
  });

  it("keeps what all arrays are, else float64", () => {
    const of = (Kind: typeof Float32Array | typeof Int32Array | typeof Float64Array) => ndarray(Kind.of(1, 2));
    expect(concat([of(Float32Array), of(Float32Array)]).data).toBeInstanceOf(Float32Array);
    expect(concat([of(Int32Array), of(Int32Array)]).data).toBeInstanceOf(Int32Array);
    for (const other of [of(Int32Array), of(Float64Array), [1e10 + 0.5]]) {
      const { data } = concat([of(Float32Array), other]);
      expect(data).toBeInstanceOf(Float64Array);
      expect(data[2]).toBe(Array.isArray(other) ? 1e10 + 0.5 : 1);
    }
  });

  it.each<[unknown, unknown, string]>([
    [[], undefined, "concat: expected a list of at least one array, got an array of 0"],
    [ndarray([1]), undefined, "concat: expected a list of at least one array, got an object (DenseArray)"],
    [[[[1, 2]], [[3]]], undefined, "concat: expected array 1 to be [any, 2] as array 0, got [1, 1]"],
    [[[[1, 2]], [3]], undefined, "concat: expected array 1 to be [any, 2] as array 0, got [1]"],
    [[[1]], 1, "concat: axis: expected a whole number in [0, 0], got 1"],
    [[[1]], -1, "concat: axis: expected a whole number in [0, 0], got -1"],
    [[[1], null], undefined, "concat: array 1: expected nested number arrays"],
    [[{ shape: [], data: [1] }], undefined, "concat: expected array 0 to be [] as array 0, got []"],
  ])("refuses case %#", (arrays, axis, message) => {
    expect(() => concat(arrays as number[][], axis as number)).toThrow(message);
  });
});
