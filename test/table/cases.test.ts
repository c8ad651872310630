/** Tables in cases/, made for these tests: each has one difficulty that files of people have. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readTable, type TableOptions } from "../../src/table/index.ts";

const folder = join(import.meta.dirname, "cases");
const read = (name: string, options: TableOptions = {}) =>
  readTable(readFileSync(join(folder, name)), { name, ...options });

interface Case {
  first: string;
  last: string;
  next: string;
  rhythm?: string;
  rows?: number;
  columns?: string[];
  notes?: RegExp[];
  /** The first and the last value of the last column */
  ends: [number, number];
}

const DAILY = { first: "2024-03-01", last: "2025-04-04", next: "2025-04-05" };

const cases: Record<string, Case> = {
  "bool.csv": { ...DAILY, columns: ["load", "holiday"], ends: [1, 1], notes: [/1 for yes and 0 for no: "holiday"/] },
  "comment-line.csv": { ...DAILY, ends: [50.81, 43.84], notes: [/1 line of comments \(#\) passed over/] },
  "constant-column.csv": { ...DAILY, columns: ["load"], ends: [0, 0] },
  "constant-target.csv": { ...DAILY, columns: [], ends: [5, 5] },
  "crlf-bom.csv": { ...DAILY, ends: [50.79, 43.4] },
  "dates-eu.csv": { ...DAILY, ends: [50.7, 43.15], notes: [/day first, as 13.03.2024 shows/] },
  "dates-us.csv": { ...DAILY, ends: [50, 43.44], notes: [/month first, as 3\/13\/2024 shows/] },
  "dates-us-newest-first.csv": { ...DAILY, ends: [1.9, 400], notes: [/month first/, /turned round/] },
  "epoch-seconds.csv": {
    first: "2024-03-01T00:00:00Z",
    last: "2024-03-17T15:00:00Z",
    next: "2024-03-17T16:00:00Z",
    rhythm: "hourly",
    ends: [50.81, 43.91],
    notes: [/"ts" is the time of the rows, in seconds since 1970/],
  },
  "epoch-seconds-irregular.csv": {
    first: "2024-03-01T00:00:11Z",
    last: "2024-03-17T15:00:07Z",
    next: "2024-03-17T16:00:07Z",
    rhythm: "about 1 hour apart",
    ends: [50.38, 43.78],
    notes: [/"ts" is/, /irregular times, 59.5 minutes to 60.5 minutes apart/],
  },
  "gaps.csv": {
    first: "2024-03-01",
    last: "2026-01-29",
    next: "2026-01-30",
    ends: [50.52, 43.27],
    notes: [/300 rows are missing in 1 place, between 2024-09-16 and 2025-07-14/],
  },
  "latin1.csv": { ...DAILY, columns: ["température"], ends: [50.51, 43.48], notes: [/Latin-1/] },
  "missing-na.csv": { ...DAILY, columns: ["load", "temp"], ends: [NaN, 40.89], notes: [/11 of "temp"/] },
  "missing-sentinel.csv": {
    ...DAILY,
    ends: [50.35, 43.87],
    notes: [/-200 .* probably marks a missing value \(16 of them\)/],
  },
  "month-names.csv": { first: "1990-01", last: "2023-04", next: "2023-05", rhythm: "monthly", ends: [50.38, 43.25] },
  "offset.csv": {
    first: "2024-03-01T02:00:00+02:00",
    last: "2024-03-17T17:00:00+02:00",
    next: "2024-03-17T18:00:00+02:00",
    rhythm: "hourly",
    ends: [50.59, 43.06],
  },
  "pipe-separated.csv": { ...DAILY, ends: [50.33, 43.53], notes: [/separated by "\|"/] },
  "space-separated.txt": { ...DAILY, ends: [50.82, 43.91], notes: [/separated by blanks/] },
  "quality-random-walk.csv": {
    first: "2019-01-01",
    last: "2022-04-14",
    next: "2022-04-15",
    rows: 1200,
    ends: [54.31, 85.54],
  },
  "quality-rise-after-dip.csv": {
    first: "2006-01-01",
    last: "2015-12-01",
    next: "2016-01-01",
    rhythm: "monthly",
    rows: 120,
    ends: [1000.5, 1063.95],
  },
  "seasonal-level-shift.csv": { ...DAILY, ends: [101.34, 201.16] },
  "semicolon-decimal-comma.csv": {
    ...DAILY,
    columns: ["load", "temp"],
    ends: [58.04, 40.47],
    notes: [/"load": "50,38" is 50.38/, /"temp": "58,04" is 58.04/],
  },
  "thousands.csv": { ...DAILY, ends: [6023, 5301], notes: [/"visits": "6,023" is 6023/] },
  "trailing-empty-rows.csv": {
    ...DAILY,
    last: "2025-03-25",
    next: "2025-03-26",
    rows: 390,
    ends: [50.06, 60.42],
    notes: [/10 rows without any value passed over/],
  },
  "trend.csv": { ...DAILY, ends: [100.64, 499.1] },
};

describe("a table of the cases", () => {
  it.each(Object.entries(cases))("%s", (name, { first, last, next, rhythm = "daily", rows = 400, ...want }) => {
    const table = read(name);
    const { time } = table;
    expect(table.rows).toBe(rows);
    expect([time?.show(0), time?.show(rows - 1), time?.next(1)[0].text]).toEqual([first, last, next]);
    expect(time?.rhythm.name).toBe(rhythm);
    const learned = table.columns.filter(({ unused }) => unused === undefined).map(column => column.name);
    const columns = want.columns ?? [table.columns[table.columns.length - 1].name];
    expect(learned).toEqual(columns);
    const numbers = table.numbers(table.columns[table.columns.length - 1].name);
    expect([numbers[0], numbers[rows - 1]]).toEqual(want.ends);
    expect(table.notes).toHaveLength(want.notes?.length ?? 0);
    for (const [i, note] of (want.notes ?? []).entries()) expect(table.notes[i]).toMatch(note);
  });

  const complaint = (name: string, options?: TableOptions) => () => {
    const table = read(name, options);
    return table.numbers(table.columns[table.columns.length - 1].name);
  };

  it("is an error where it holds what cannot be guessed", () => {
    expect(complaint("duplicate-times.csv")).toThrow(
      new RangeError(
        'duplicate-times.csv, column "date": 200 rows have the time of another: "2024-03-01" stands in lines 2 and 3; ' +
          'take one of each: duplicates: "mean" (or first, last), or name the column of several series: series: "column"',
      ),
    );
    expect(complaint("infinity.csv")).toThrow(
      new RangeError(
        'infinity.csv, line 102, column "load": expected a number, got "inf"; if that marks a missing value, na: ["inf"]',
      ),
    );
    expect(complaint("long-two-series-us.csv")).toThrow(
      new RangeError(
        'long-two-series-us.csv: it holds 2 series, by "city" ("A", "B"); learn from all of them with series: "city", ' +
          'or choose one: where: { city: "A" }',
      ),
    );
  });

  it("does what such an error says", () => {
    const one = read("long-two-series-us.csv", { where: { city: "B" } });
    expect([one.rows, one.time?.show(0), one.numbers("load")[199]]).toEqual([200, "2024-03-01", 1060.13]);
    const mean = read("duplicate-times.csv", { duplicates: "mean" });
    expect(mean.rows).toBe(200);
    expect(mean.numbers("load")[0]).toBe((50.43 + 53.24) / 2);
    expect(read("duplicate-times.csv", { duplicates: "first" }).numbers("load")[199]).toBe(45.39);
    expect(read("duplicate-times.csv", { duplicates: "last" }).numbers("load")[199]).toBe(43.2);
    expect(read("infinity.csv", { na: "inf" }).numbers("load")[100]).toBeNaN();
    const marked = read("missing-sentinel.csv", { na: -200 });
    expect(marked.columns[1].missing).toBe(16);
    expect(Math.min(...marked.numbers("load").filter(value => !Number.isNaN(value)))).toBeGreaterThan(40);
  });

  it("has a line here for each file", () => {
    const others = ["duplicate-times.csv", "infinity.csv", "long-two-series-us.csv"];
    expect([...Object.keys(cases), ...others].sort()).toEqual(readdirSync(folder).sort());
  });
});
