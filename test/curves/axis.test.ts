import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { epochAxis, linearAxis, logAxis, showValue, tickTexts } from "../../src/curves/axis.ts";

const finite = fc.double({ noNaN: true, min: -1e9, max: 1e9 });

describe("a linear axis", () => {
  it("goes from a round number below to one above, in round steps", () => {
    expect(linearAxis([0.06, 0.78]).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
    expect(linearAxis([0.443, 0.96]).ticks).toEqual([0.4, 0.6, 0.8, 1]);
    expect(linearAxis([-3, 12]).ticks).toEqual([-5, 0, 5, 10, 15]);
    expect(linearAxis([500_000, 1_234_567]).ticks).toEqual([4e5, 6e5, 8e5, 1e6, 1.2e6, 1.4e6]);
    expect(linearAxis([2, 2]).ticks).toEqual([1, 1.5, 2, 2.5, 3]);
    expect(linearAxis([0, 0]).ticks).toEqual([-1, -0.5, 0, 0.5, 1]);
  });

  it("has a place for every value, and few ticks", () => {
    fc.assert(
      fc.property(fc.array(finite, { minLength: 1, maxLength: 5 }), values => {
        const { ticks, place } = linearAxis(values);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(place(ticks[0])).toBeCloseTo(0, 6);
        expect(place(ticks.at(-1) as number)).toBeCloseTo(1, 6);
        for (const value of values) expect(Math.abs(place(value) - 0.5)).toBeLessThanOrEqual(0.5 + 1e-6);
      }),
      { seed: 1 },
    );
  });
});

describe("an axis of logarithms", () => {
  it("has powers of ten, or 1, 2 and 5 times those", () => {
    expect(logAxis([0.003, 40]).ticks).toEqual([0.01, 0.1, 1, 10]);
    expect(logAxis([0.3, 4]).ticks).toEqual([0.2, 0.5, 1, 2, 5]);
    expect(logAxis([1, 1]).ticks).toEqual([1, 2]);
    const { ticks, place } = logAxis([1e-9, 1e9]);
    expect(ticks.length).toBeLessThanOrEqual(7);
    expect([place(1e-9), place(1), place(1e9), place(0)]).toEqual([0, 0.5, 1, NaN]);
  });

  it("has a place for every value", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: 1e-30, max: 1e30 }), { minLength: 1, maxLength: 5 }),
        values => {
          const { ticks, place } = logAxis(values);
          expect(ticks.length).toBeGreaterThanOrEqual(1);
          expect(ticks.length).toBeLessThanOrEqual(7);
          for (const value of values) expect(Math.abs(place(value) - 0.5)).toBeLessThanOrEqual(0.5 + 1e-6);
        },
      ),
      { seed: 1 },
    );
  });
});

it("epochs are whole numbers, with both ends", () => {
  expect(epochAxis(1, 40).ticks).toEqual([1, 5, 10, 15, 20, 25, 30, 35, 40]);
  expect(epochAxis(1, 3).ticks).toEqual([1, 2, 3]);
  expect(epochAxis(11, 112).ticks).toEqual([11, 40, 60, 80, 100, 112]);
  expect(epochAxis(5, 5).ticks).toEqual([5]);
  expect(epochAxis(5, 5).place(5)).toBe(0.5);
});

it("numbers are short", () => {
  expect(tickTexts([0, 0.25, 0.5])).toEqual(["0.00", "0.25", "0.50"]);
  expect(tickTexts([0, 5e5, 1e6])).toEqual(["0", "5e5", "1e6"]);
  expect(tickTexts([0.01, 0.1, 1, 10])).toEqual(["0.01", "0.1", "1", "10"]);
  expect([0.18521, 12.345, 1234.56, 1e7, 0, -0.5, 2e-5].map(showValue)).toEqual([
    "0.1852",
    "12.35",
    "1235",
    "1.000e7",
    "0.000",
    "-0.5000",
    "2.000e-5",
  ]);
});
