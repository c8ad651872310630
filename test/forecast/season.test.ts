import { describe, expect, it } from "vitest";
import { findSeason } from "../../src/forecast/season.ts";

const range = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));
const noise = (i: number) => {
  const x = Math.sin(12.9898 * i + 4.1) * 43758.5453;
  return x - Math.floor(x) - 0.5;
};
/** A shape that is no sine. */
const shape = (i: number, season: number) => (season + 1) * noise((i % season) + 31 * season);

describe("the season", () => {
  it.each([2, 3, 4, 5, 7, 12, 24, 52, 96])("of %i rows is found under noise, trend and jumps", season => {
    const size = season + 1;
    const values = range(Math.max(60, season * 9), i => shape(i, season) + 0.05 * size * noise(i + 5000));
    expect(findSeason(values)).toBe(season);
    expect(findSeason(values.map((value, i) => 1e6 + 3 * value + i * size))).toBe(season);
    expect(findSeason(values.map((value, i) => value + (i > 30 + season * 2 ? 50 * size : 0)))).toBe(season);
    expect(findSeason(values.map((value, i) => (i % 11 === 3 ? NaN : value)))).toBe(season);
  });

  it("is none of a random walk, of noise, of a line, of what is constant or short", () => {
    for (let start = 0; start < 20; start++) {
      let level = 0;
      expect(findSeason(range(400, i => (level += noise(1000 * start + i))))).toBe(1);
      expect(findSeason(range(400, i => noise(1000 * start + i)))).toBe(1);
    }
    expect(findSeason(range(100, i => 3 * i))).toBe(1);
    expect(findSeason(range(100, () => 3))).toBe(1);
    expect(findSeason([1, 2, 1, 2])).toBe(1);
    expect(findSeason([])).toBe(1);
    expect(findSeason(range(50, () => NaN))).toBe(1);
  });

  it("that rows often have is found under more noise, and is not made up", () => {
    const slow = (i: number) => 10 * Math.sin((2 * Math.PI * i) / 52) + 0.01 * i;
    const values = range(1000, i => slow(i) + 8 * noise(i));
    expect(findSeason(values, 52)).toBe(52);
    for (let start = 0; start < 20; start++) {
      let level = 0;
      expect(
        findSeason(
          range(500, i => (level += noise(777 * start + i))),
          7,
        ),
      ).toBe(1);
      expect(
        findSeason(
          range(500, i => noise(777 * start + i)),
          12,
        ),
      ).toBe(1);
    }
  });
});
