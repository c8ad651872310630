import { describe, expect, it } from "vitest";
import { cycleFeatures, cyclesIn, nextTimes, parseDate, showTime } from "../../src/cli/calendar.ts";

const times = (...cells: string[]) => Float64Array.from(cells, parseDate);
const every = (hours: number, n: number) => Float64Array.from({ length: n }, (_, i) => i * hours * 36e5);

describe("parseDate", () => {
  it.each([
    ["2012-01-31", "2012-01-31T00:00:00Z"],
    [" 2012/1/3 ", "2012-01-03T00:00:00Z"],
    ["2012-02", "2012-02-01T00:00:00Z"],
    ["2012-01-31 12:30", "2012-01-31T12:30:00Z"],
    ["2012-01-31T12:30:15.250Z", "2012-01-31T12:30:15Z"],
    ["2012-01-31T12:30:00+02:30", "2012-01-31T10:00:00Z"],
    ["2012-01-31T12:30:00-0100", "2012-01-31T13:30:00Z"],
  ])("reads %s", (cell, iso) => {
    expect(new Date(parseDate(cell)).toISOString()).toBe(new Date(iso).toISOString());
  });

  it.each(["2011-02-29", "2012-13-01", "2012", "20120131", "12.5", "2012-01-31 25:00", "Jan-1-1995", ""])(
    "does not take %j for a date",
    cell => {
      expect(parseDate(cell)).toBeNaN();
    },
  );
});

describe("cycles", () => {
  it("are those with several rows in each, seen in full", () => {
    expect(cyclesIn(every(24, 366))).toEqual([]);
    expect(cyclesIn(every(24, 367))).toEqual(["year"]);
    expect(cyclesIn(every(1, 25))).toEqual(["day"]);
    expect(cyclesIn(every(1, 24 * 400))).toEqual(["day", "year"]);
    expect(cyclesIn(every(24 * 365, 50))).toEqual([]);
    expect(cyclesIn(every(0, 50))).toEqual([]);
    expect(cyclesIn(every(24, 1))).toEqual([]);
  });

  it("turn once a day and once a year", () => {
    const features = cycleFeatures(parseDate("2011-07-02 12:00"), ["day", "year"]);
    [0, -1, 0, -1].forEach((expected, i) => {
      expect(features[i]).toBeCloseTo(expected, 9);
    });
    expect(cycleFeatures(parseDate("2012-04-01 06:00"), ["day"])[0]).toBeCloseTo(1, 9);
    expect(cycleFeatures(parseDate("2011-01-01"), ["year"])).toEqual([0, 1]);
    expect(cycleFeatures(0, [])).toEqual([]);
  });
});

describe("the dates after the last", () => {
  const next = (cells: string[], n: number) => nextTimes(times(...cells), n).map(time => showTime(time, cells[0]));

  it("keep the distance of the rows", () => {
    expect(next(["2012-02-26", "2012-02-27", "2012-02-28"], 2)).toEqual(["2012-02-29", "2012-03-01"]);
    expect(next(["2012-01-01 22:00", "2012-01-01 23:00"], 2)).toEqual(["2012-01-02 00:00", "2012-01-02 01:00"]);
    expect(next(["2012-01-02", "2012-01-09", "2012-01-16", "2012-01-30"], 1)).toEqual(["2012-02-06"]);
  });

  it("keep the day of the month in monthly, quarterly and yearly rows", () => {
    expect(next(["2012-11", "2012-12"], 3)).toEqual(["2013-01", "2013-02", "2013-03"]);
    expect(next(["2011-12-15", "2012-01-15", "2012-02-15"], 1)).toEqual(["2012-03-15"]);
    expect(next(["2012-01-01", "2012-04-01", "2012-07-01"], 2)).toEqual(["2012-10-01", "2013-01-01"]);
    expect(next(["2011-01-01", "2012-01-01"], 2)).toEqual(["2013-01-01", "2014-01-01"]);
  });
});
