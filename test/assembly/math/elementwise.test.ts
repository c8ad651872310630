import { afterEach, describe, expect, it } from "vitest";
import { expectClose } from "../../helpers/compare.ts";
import { KernelBench, withoutStride, withStride } from "../../helpers/kernels.ts";
import { seeded } from "../../helpers/random.ts";
import { clipByValue } from "../../reference/optimizers.ts";

const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

describe.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33])("%i numbers", n => {
  const random = seeded(n);
  const [x, y] = [random.array(n), random.array(n)];

  it("add", () => {
    const sum = bench.inOut(y);
    kernels.add(sum, bench.input(x), n);
    expect(bench.read(sum)).toEqual(Float32Array.from(x, (value, i) => value + y[i]));
  });

  it("scaleInPlace", () => {
    const scaled = bench.inOut(x);
    kernels.scaleInPlace(scaled, -0.3, n);
    expect(bench.read(scaled)).toEqual(Float32Array.from(x, value => value * Math.fround(-0.3)));
  });

  it("clipValue", () => {
    const clipped = bench.inOut(x);
    kernels.clipValue(clipped, 0.5, n);
    expect(bench.read(clipped)).toEqual(Float32Array.from(clipByValue(x, 0.5)));
  });

  it("sumOfSquares", () => {
    const sum = kernels.sumOfSquares(bench.input(x), n);
    expectClose([sum], [x.reduce((total, value) => total + value * value, 0)], { relative: 1e-15 * n });
  });

  it("firstNonFinite finds each place, and the first of two", () => {
    expect(kernels.firstNonFinite(bench.input(x), n)).toBe(-1);
    for (let at = 0; at < n; at++) {
      for (const bad of [nan, inf, -inf]) {
        const spoiled = Float32Array.from(x);
        spoiled[at] = bad;
        expect(kernels.firstNonFinite(bench.input(spoiled), n)).toBe(at);
        spoiled[n - 1] = nan;
        expect(kernels.firstNonFinite(bench.input(spoiled), n)).toBe(at);
      }
    }
  });
});

it("takes special numbers", () => {
  expect(kernels.firstNonFinite(bench.input([3.4e38, -3.4e38, 1e-45, -0]), 4)).toBe(-1);
  expect(kernels.sumOfSquares(bench.input([3e38, 3e38, 1e-30, 1e-45, 3e38]), 5) / 2.7e77).toBeCloseTo(1, 6);
  expect(kernels.sumOfSquares(bench.input([1, nan]), 2)).toBeNaN();
  const x = bench.inOut([nan, inf, -inf, -0, 1e-45]);
  kernels.clipValue(x, 2, 5);
  expect([...bench.read(x)]).toEqual([nan, 2, -2, -0, Math.fround(1e-45)]);
});

it.each([
  [1, 1, 1, 1],
  [3, 4, 4, 4],
  [3, 5, 7, 6],
  [4, 3, 3, 9],
  [2, 17, 20, 17],
])("copyRows and addRows: %i rows of %i numbers, strides %i and %i", (rows, columns, yStride, xStride) => {
  const random = seeded(rows * 100 + columns);
  const [x, y] = [random.array(rows * columns), random.array(rows * columns)];
  const from = bench.input(withStride(x, columns, xStride));
  const copy = bench.inOut(withStride(y, columns, yStride));
  kernels.copyRows(copy, yStride, from, xStride, rows, columns);
  expect(withoutStride(bench.read(copy), columns, yStride)).toEqual(Float32Array.from(x));

  const sum = bench.inOut(withStride(y, columns, yStride));
  kernels.addRows(sum, yStride, from, xStride, rows, columns);
  expect(withoutStride(bench.read(sum), columns, yStride)).toEqual(Float32Array.from(x, (value, i) => value + y[i]));
});

it.each([
  [1, 1],
  [3, 4],
  [7, 15],
  [5, 16],
  [300, 17],
  [9, 32],
  [40, 37],
])("sumRows of %i rows of %i numbers adds", (rows, columns) => {
  const random = seeded(rows);
  const [x, before] = [random.array(rows * columns), random.array(columns)];
  const y = bench.inOut(before);
  kernels.sumRows(y, bench.input(x), rows, columns);
  const expected = Float64Array.from(before);
  x.forEach((value, i) => {
    expected[i % columns] += value;
  });
  expectClose(bench.read(y), expected, { relative: 1e-6, absolute: 1e-7 * rows });
});

it("multiplyAddPeak computes what it says", () => {
  expect([0, 1, 200].map(kernels.multiplyAddPeak)).toEqual([78, 28.5, 12]);
});
