/** How far apart rows are where the calendar decides it, what comes next, and what several series with years are. */
import { describe, expect, it } from "vitest";
import { readTable } from "../../src/table/index.ts";

const [DAY, HOUR] = [864e5, 36e5];
const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const iso = (time: number) => new Date(time).toISOString().slice(0, 10);
const tableOf = (rows: readonly string[], head = "date,x") =>
  readTable([head, ...rows.map((row, i) => `${row},${((i * 7) % 11) + 0.5}`)].join("\n"));
const weekday = (time: number) => new Date(time).getUTCDay();
/** The first day that is such a weekday, from another on, or back from it. */
const toward = (time: number, day: number, step: number): number =>
  weekday(time) === day ? time : toward(time + step * DAY, day, step);
const lastWorkday = (time: number) => time - Math.max(0, ((weekday(time) + 6) % 7) - 4) * DAY;

describe("rows", () => {
  const workdays = (n: number) => range(n, i => Date.UTC(2024, 0, 3) + i * DAY).filter(time => weekday(time) % 6 > 0);
  it.each<[string, number[], string, string[]]>([
    ["Monday to Friday, of two weeks and a half", workdays(16), "Monday to Friday", ["2024-01-19", "2024-01-22"]],
    [
      "on third Fridays",
      range(60, i => toward(Date.UTC(2018, i, 15), 5, 1)),
      "monthly",
      ["2023-01-20", "2023-02-17", "2023-03-17"],
    ],
    [
      "on last Fridays",
      range(60, i => toward(Date.UTC(2018, i + 1, 0), 5, -1)),
      "monthly",
      ["2023-01-27", "2023-02-24", "2023-03-31"],
    ],
    [
      "on last workdays, but for a holiday",
      range(120, i => lastWorkday(Date.UTC(2010, i + 1, 0)) - (i === 40 ? DAY : 0)),
      "monthly",
      ["2020-01-31", "2020-02-28", "2020-03-31"],
    ],
    [
      "on ends of quarters, but for one",
      range(60, i => Date.UTC(2005, 3 * i + 3, i === 20 ? -1 : 0)),
      "quarterly",
      ["2020-03-31", "2020-06-30"],
    ],
    [
      "once a month, on any day",
      range(60, i => Date.UTC(2018, i, 10 + ((i * 7) % 9))),
      "monthly, on different days",
      ["2023-01-14", "2023-02-14"],
    ],
    [
      "on the 1st and the 15th",
      range(72, i => Date.UTC(2020, i >> 1, i % 2 ? 15 : 1)),
      "twice a month",
      ["2023-01-01", "2023-01-15", "2023-02-01"],
    ],
    [
      "on the 15th and the last",
      range(71, i => (i % 2 ? Date.UTC(2020, (i >> 1) + 1, 0) : Date.UTC(2020, i >> 1, 15))),
      "twice a month",
      ["2022-12-31", "2023-01-15", "2023-01-31", "2023-02-15", "2023-02-28"],
    ],
    [
      "on the 1st, the 11th and the 21st",
      range(72, i => Date.UTC(2020, Math.floor(i / 3), 1 + 10 * (i % 3))),
      "3 times a month",
      ["2022-01-01", "2022-01-11", "2022-01-21", "2022-02-01"],
    ],
    // These come once in each month too, but by days.
    ["every 30 days", range(14, i => Date.UTC(2023, 2, 10) + 30 * i * DAY), "every 30 days", ["2024-05-03"]],
    ["every 10 days", range(14, i => Date.UTC(2023, 2, 1) + 10 * i * DAY), "every 10 days", ["2023-07-19"]],
  ])("%s", (_, times, name, next) => {
    const { time, notes } = tableOf(times.map(iso));
    expect(time?.rhythm.name).toBe(name);
    expect(time?.next(next.length).map(({ text }) => text)).toEqual(next);
    expect(time?.gaps).toEqual([]);
    expect(notes.filter(note => /irregular/.test(note))).toHaveLength(name.includes("different") ? 1 : 0);
  });

  it("of third Fridays show which are missing", () => {
    const times = range(60, i => toward(Date.UTC(2018, i, 15), 5, 1)).filter((_, i) => i !== 30 && i !== 31);
    expect(tableOf(times.map(iso)).time?.gaps).toEqual([{ row: 30, missing: 2 }]);
  });
});

describe("hours of days that count to 25", () => {
  const day = (time: number, hours: number, first: number) => range(hours, h => `${iso(time)},${h + first}`);
  const head = "Date,Hour,x";
  it.each<[string, number, number, string, string]>([
    ["Europe, from 1", 2023, 9, "2023-10-29", "2023-03-26"],
    ["America, from 0", 2023, 10, "2023-11-05", "2023-03-12"],
  ])("%s", (name, year, month, long, short) => {
    const first = name.endsWith("1") ? 1 : 0;
    const days = range(300, i => Date.UTC(year, 0, 31) + i * DAY);
    const rows = days.flatMap(time => day(time, iso(time) === long ? 25 : iso(time) === short ? 23 : 24, first));
    const { time, rows: n } = tableOf(rows, head);
    expect(n).toBe(7200);
    expect([time?.show(0), time?.show(n - 1)]).toEqual(["2023-01-31 00:00", "2023-11-26 23:00"]);
    const steps = time ? range(n - 1, i => time.values[i + 1] - time.values[i]) : [];
    expect(steps.every(step => step === HOUR)).toBe(true);
    const second = rows.indexOf(`${long},${first + (month === 9 ? 3 : 2)}`);
    expect([time?.show(second - 1), time?.show(second)]).toEqual(range(2, () => `${long} 0${month === 9 ? 2 : 1}:00`));
  });
});

describe("years that come again", () => {
  const years = (words: readonly string[]) => words.flatMap(word => range(30, i => `${word}${1990 + i}`));
  it("are those of series, end to end, or side by side", () => {
    expect(() => tableOf(years(["FR,", "DE,"]), "country,year,x")).toThrow(/2 series, by "country"/);
    const mixed = range(30, i => [`FR,${1990 + i}`, `DE,${1990 + i}`]).flat();
    expect(() => tableOf(mixed, "country,year,x")).toThrow(/2 series, by "country"/);
    expect(() => tableOf(years(["", ""]), "year,x")).toThrow(/several series end to end/);
    const read = readTable(["country,year,x", ...mixed.map(row => `${row},1`)].join("\n"), { series: "country" });
    expect(read.series?.parts.map(({ table }) => table.time?.show(29))).toEqual(["2019", "2019"]);
  });

  it("are no times where nothing tells rows of a year apart", () => {
    expect(
      tableOf(
        range(80, i => String(2000 + (i >> 2))),
        "year,x",
      ).time,
    ).toBeNull();
  });

  it("are known without a name, if a row has each", () => {
    const { time, notes } = readTable(range(40, i => `${1871 + i} ${(i * 7) % 11}`).join("\n"));
    expect([time?.show(0), time?.rhythm.name]).toEqual(["1871", "yearly"]);
    expect(notes.join("\n")).toMatch(/the time of a row is in "column 1"/);
  });
});
