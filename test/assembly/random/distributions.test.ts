import { afterEach, describe, expect, it } from "vitest";
import { KernelBench } from "../../helpers/kernels.ts";
import { draw, LARGE, moments, randomBits, spread } from "./draw.ts";

const bench = new KernelBench();
const { kernels } = bench;
afterEach(() => bench.reset());

const uniform = (n: number, low: number, high: number) =>
  draw(bench, n, (y, ...key) => kernels.randomUniform(y, low, high, ...key, n));
const normal = (n: number, mean: number, deviation: number, truncated = false) =>
  draw(bench, n, (y, ...key) => kernels.randomNormal(y, mean, deviation, truncated, ...key, n));

describe.each([1, 2, 3, 4, 5, 8, 9])("%i numbers are the first of many", n => {
  it.each([
    ["uniform", (count: number) => uniform(count, -1, 2).values],
    ["normal", (count: number) => normal(count, 1, 2).values],
    [
      "dropout",
      (count: number) => draw(bench, count, (y, ...key) => kernels.randomDropout(y, 0.4, ...key, count)).values,
    ],
  ])("%s", (_, make) => {
    expect(make(n)).toEqual(make(40).slice(0, n));
  });
});

describe("randomUniform", () => {
  it("takes the upper 24 bits", () => {
    const { values, bits } = uniform(1000, 0, 1);
    expect(values).toEqual(Float32Array.from(bits, b => (b >>> 8) / 2 ** 24));
  });

  it.each([
    [-0.05, 0.05],
    [2, 5],
    [-1, 0],
  ])("has the range, mean and deviation of [%d, %d)", (low, high) => {
    const { values } = uniform(LARGE, low, high);
    expect(Math.min(...values.subarray(0, 100_000))).toBeGreaterThanOrEqual(Math.fround(low));
    expect(Math.max(...values.subarray(0, 100_000))).toBeLessThan(Math.fround(high));
    const { mean, deviation } = moments(values);
    const expected = (high - low) / Math.sqrt(12);
    expect(Math.abs(mean - (low + high) / 2)).toBeLessThan(spread(expected));
    expect(Math.abs(deviation - expected)).toBeLessThan(spread(expected));
  });

  it.each([
    [0, 1],
    [-1, 1],
    [1, 2],
  ])("stays inside [%d, %d) for the largest random bits", (low, high) => {
    // In this draw the third number's upper 24 bits are all ones.
    const y = bench.output(4);
    expect(randomBits(bench, 1, 0, 245_165, 4)[2] >>> 8).toBe(0xff_ffff);
    kernels.randomUniform(y, low, high, 1, 0, 245_165, 4);
    expect(bench.read(y)[2]).toBeLessThan(high);
  });
});

describe("randomDropout", () => {
  it.each([0, 0.2, 0.5, 0.9])("rate %d", rate => {
    const { values } = draw(bench, LARGE, (y, ...key) => kernels.randomDropout(y, rate, ...key, LARGE));
    const kept = Math.fround(1 / (1 - Math.fround(rate)));
    expect(values.every(value => value === 0 || Math.abs(value / kept - 1) < 2e-7)).toBe(true);
    const dropped = values.filter(value => value === 0).length / LARGE;
    expect(Math.abs(dropped - rate)).toBeLessThanOrEqual(spread(Math.sqrt(rate * (1 - rate))));
  });
});

describe("randomOrder", () => {
  function order(n: number, step: number): number[] {
    const [y, scratch] = [bench.output(n), bench.output((n + 3) & ~3)];
    kernels.randomOrder(y, scratch, 5, 6, step, n);
    return [...bench.readInts(y)];
  }

  it.each([1, 2, 3, 4, 5, 8, 9, 1000])("of %i is a permutation", n => {
    expect(order(n, 1).sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  it("differs by step, and repeats", () => {
    expect(order(100, 1)).not.toEqual(order(100, 2));
    expect(order(100, 3)).toEqual(order(100, 3));
    expect(order(100, 3)).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it("gives all orders of 4 equally often", () => {
    const counts = new Map<string, number>();
    const draws = 24_000;
    for (let step = 0; step < draws; step++) {
      if (step % 100 === 0) bench.reset();
      const key = order(4, step).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    // Five standard deviations of a count of 1000.
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });
});
