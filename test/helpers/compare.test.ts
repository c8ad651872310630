import { describe, expect, it } from "vitest";
import { expectClose, ulpDistance } from "./compare.ts";

describe("expectClose", () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;

  it.each<[number[], number[], object]>([
    [[1, 2.0009], [1, 2], { relative: 1e-3 }],
    [[0.5], [0.25], { absolute: 0.25 }],
    [[3], [2], { relative: 0.25, absolute: 0.5 }],
    [[nan, inf, -inf, 0], [nan, inf, -inf, -0], {}],
    [[], [], {}],
  ])("accepts %j for %j", (actual, expected, tolerance) => {
    expect(() => expectClose(actual, expected, tolerance)).not.toThrow();
  });

  it.each<[number[], number[], object]>([
    [[2.01], [2], { relative: 1e-3 }],
    [[0.51], [0.25], { absolute: 0.25 }],
    [[nan], [1], { absolute: inf }],
    [[1], [nan], { absolute: 1 }],
    [[1], [inf], { relative: 1 }],
    [[inf], [-inf], { absolute: 1 }],
    [[inf], [1], { absolute: 1 }],
    [[1], [1, 1], { absolute: 1 }],
    [[], [1], { absolute: 1 }],
  ])("refuses %j for %j", (actual, expected, tolerance) => {
    expect(() => expectClose(actual, expected, tolerance)).toThrow();
  });

  it("names the worst element", () => {
    expect(() => expectClose([1.1, 2.5, 3], [1, 2, 3], { relative: 0.01 }, "dx")).toThrow(
      /^dx: 2 of 3 elements differ, worst at index 1: expected 2, got 2.5, off by 0.5 \(relative 0.25\)/,
    );
  });
});

it.each([
  [1, 1, 0],
  [1 + 2 ** -23, 1, 1],
  [2, 2 - 2 ** -23, 1],
  [1, 1 + 2 ** -25, 0.25],
  [-3, -3 - 2 ** -22, 1],
  [2 ** -149, 0, 1],
  [0, 2 ** -150, 0.5],
  [2 ** -126, 2 ** -126 - 2 ** -149, 1],
  [Number.NaN, Number.NaN, 0],
  [Number.NaN, 1, Infinity],
  [1, Number.NaN, Infinity],
  [Infinity, Infinity, 0],
  [Infinity, 1e39, 0],
  [Infinity, -Infinity, Infinity],
  [Infinity, 3e38, Infinity],
  [3e38, Infinity, Infinity],
])("ulpDistance(%d, %d) is %d", (actual, expected, distance) => {
  expect(ulpDistance(actual, expected)).toBe(distance);
});
