import { describe, expect, it } from "vitest";
import { cycleFeatures, cyclesIn } from "../../src/forecast/calendar.ts";

const every = (hours: number, n: number) => Float64Array.from({ length: n }, (_, i) => i * hours * 36e5);

describe("cycles", () => {
  it("are those with several rows in each, seen twice", () => {
    expect(cyclesIn(every(24, 2 * 365))).toEqual(["week"]);
    expect(cyclesIn(every(24, 2 * 366))).toEqual(["week", "year"]);
    expect(cyclesIn(every(1, 47))).toEqual([]);
    expect(cyclesIn(every(1, 48))).toEqual(["day"]);
    expect(cyclesIn(every(1, 24 * 800))).toEqual(["day", "week", "year"]);
    expect(cyclesIn(every(24 * 30.4, 24))).toEqual([]);
    expect(cyclesIn(every(24 * 30.5, 24))).toEqual(["year"]);
    expect(cyclesIn(every(24 * 365, 50))).toEqual([]);
    expect(cyclesIn(every(0, 50))).toEqual([]);
    expect(cyclesIn(every(24, 1))).toEqual([]);
  });

  it("turn once a day, once a week and once a year", () => {
    const features = cycleFeatures(Date.parse("2011-07-02T12:00Z"), ["day", "year"]);
    [0, -1, 0, -1].forEach((expected, i) => {
      expect(features[i]).toBeCloseTo(expected, 9);
    });
    expect(cycleFeatures(Date.parse("2012-04-01T06:00Z"), ["day"])[0]).toBeCloseTo(1, 9);
    expect(cycleFeatures(Date.parse("2011-01-01"), ["year"])).toEqual([0, 1]);
    expect(cycleFeatures(3.5 * 864e5, ["week"])[1]).toBeCloseTo(-1, 9);
    expect(cycleFeatures(0, [])).toEqual([]);
  });
});
