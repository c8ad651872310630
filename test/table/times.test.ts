/** The time of rows: how tables write it, its order, its rhythm, and what comes next. */
import { describe, expect, it } from "vitest";
import { readTable, type TableOptions } from "../../src/table/index.ts";

const DAY = 864e5;
const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const two = (n: number) => String(n).padStart(2, "0");
/** A table of these times and a number that counts them backwards. */
const table = (times: readonly string[], options: TableOptions = {}, head = "t;v") =>
  readTable([head, ...times.map((time, i) => `${time};${((i * 7) % 11) + 0.5}`)].join("\n"), {
    delimiter: ";",
    ...options,
  });
const seen = (times: readonly string[], options?: TableOptions) => {
  const { time } = table(times, options);
  return time && [time.show(0), time.next(2).map(({ text }) => text), time.rhythm.name];
};
const utc = (i: number, step = DAY, start = Date.UTC(2024, 0, 20)) => new Date(start + i * step);

describe("a date", () => {
  const forms: [string, (date: Date) => string][] = [
    ["2024-01-20", d => d.toISOString().slice(0, 10)],
    ["2024/1/20", d => `${d.getUTCFullYear()}/${d.getUTCMonth() + 1}/${d.getUTCDate()}`],
    ["2024.01.20", d => d.toISOString().slice(0, 10).replaceAll("-", ".")],
    ["20240120", d => d.toISOString().slice(0, 10).replaceAll("-", "")],
    ["20.01.2024", d => `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${d.getUTCFullYear()}`],
    ["20. 1. 2024", d => `${d.getUTCDate()}. ${d.getUTCMonth() + 1}. ${d.getUTCFullYear()}`],
    ["20-01-2024", d => `${two(d.getUTCDate())}-${two(d.getUTCMonth() + 1)}-${d.getUTCFullYear()}`],
    ["20/01/24", d => `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${String(d.getUTCFullYear()).slice(2)}`],
    ["1/20/2024", d => `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()}`],
    ["1/20/24", d => `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${String(d.getUTCFullYear()).slice(2)}`],
    ["Jan 20, 2024", d => `${d.toUTCString().slice(8, 11)} ${d.getUTCDate()}, ${d.getUTCFullYear()}`],
    [
      "20 January 2024",
      d => d.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
    ],
    [
      "20. Januar 2024",
      d => d.toLocaleDateString("de-DE", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
    ],
    [
      "20 janv. 2024",
      d => d.toLocaleDateString("fr-FR", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }),
    ],
    ["20-Jan-24", d => `${d.getUTCDate()}-${d.toUTCString().slice(8, 11)}-${String(d.getUTCFullYear()).slice(2)}`],
    ["Sat, 20 Jan 2024", d => d.toUTCString().slice(0, 16)],
    [
      "Saturday 20 Jan 2024",
      d => `${d.toLocaleDateString("en-GB", { weekday: "long", timeZone: "UTC" })} ${d.toUTCString().slice(5, 16)}`,
    ],
    ["Jan-20-2024", d => `${d.toUTCString().slice(8, 11)}-${d.getUTCDate()}-${d.getUTCFullYear()}`],
    ["2024-Jan-20", d => `${d.getUTCFullYear()}-${d.toUTCString().slice(8, 11)}-${two(d.getUTCDate())}`],
    ["20JAN2024", d => `${two(d.getUTCDate())}${d.toUTCString().slice(8, 11).toUpperCase()}${d.getUTCFullYear()}`],
    ["45311 (days of Excel)", d => String(+d / DAY + 25569)],
  ];
  it.each(forms)("%s", (_, show) => {
    const head = show(utc(0)).length === 5 ? "date;v" : "t;v";
    for (const reversed of [false, true]) {
      const times = range(400, i => show(utc(reversed ? 399 - i : i)));
      const { time, notes } = table(times, {}, head);
      expect([time?.show(0), time?.next(1)[0].text, time?.rhythm.name]).toEqual(["2024-01-20", "2025-02-23", "daily"]);
      expect(notes.some(note => note.includes("turned round"))).toBe(reversed);
    }
  });

  it("is read in the order that all rows have, and the one that is asked for", () => {
    expect(seen(range(30, i => `01/${two((i % 12) + 1)}/${2020 + Math.floor(i / 12)}`))?.[2]).toBe("monthly");
    expect(seen(range(30, i => `${two((i % 12) + 1)}/01/${2020 + Math.floor(i / 12)}`))?.[2]).toBe("monthly");
    const guess = table(range(10, i => `${i + 1}.${i + 1}.2020`));
    expect(guess.notes[0]).toBe('"t": dates are taken as day first; if they are not, dateFormat: "mdy"');
    for (const [dateFormat, next] of [
      ["dmy", "2020-02-05"],
      ["MM/DD/YYYY", "2020-05-02"],
      ["%d/%m/%Y %H:%M", "2020-02-05"],
    ]) {
      const times =
        dateFormat[0].toLowerCase() === "m"
          ? ["02/02/2020", "03/02/2020", "04/02/2020"]
          : ["02/02/2020", "03/02/2020", "04/02/2020"];
      expect(seen(times, { dateFormat })?.[1]).toEqual(expect.arrayContaining([next]));
    }
    const american = range(30, i => `1/${i + 1}/2020`);
    expect(() => table(american, { dateFormat: "dmy" })).toThrow(
      'line 14, column "t": expected dates as dateFormat: "dmy" says, got "1/13/2020"',
    );
    expect(() => table(["1.1.2020"], { dateFormat: "dd" })).toThrow(/dateFormat: expected dmy, mdy, ymd or a form/);
  });

  it.each<[string, string[], string, string[], string]>([
    [
      "months",
      range(30, i => `${2020 + Math.floor(i / 12)}-${two((i % 12) + 1)}`),
      "2020-01",
      ["2022-07", "2022-08"],
      "monthly",
    ],
    [
      "months before years",
      range(30, i => `${(i % 12) + 1}/${2020 + Math.floor(i / 12)}`),
      "2020-01",
      ["2022-07", "2022-08"],
      "monthly",
    ],
    [
      "months as numbers",
      range(30, i => `${2020 + Math.floor(i / 12)}${two((i % 12) + 1)}`),
      "2020-01",
      ["2022-07", "2022-08"],
      "monthly",
    ],
    [
      "names of months",
      range(
        30,
        i =>
          `${"JanFebMarAprMayJunJulAugSepOctNovDec".slice(3 * (i % 12), 3 * (i % 12) + 3)}-${20 + Math.floor(i / 12)}`,
      ),
      "2020-01",
      ["2022-07", "2022-08"],
      "monthly",
    ],
    [
      "quarters",
      range(9, i => `${2020 + Math.floor(i / 4)}Q${(i % 4) + 1}`),
      "2020Q1",
      ["2022Q2", "2022Q3"],
      "quarterly",
    ],
    [
      "quarters before years",
      range(9, i => `Q${(i % 4) + 1} ${2020 + Math.floor(i / 4)}`),
      "2020Q1",
      ["2022Q2", "2022Q3"],
      "quarterly",
    ],
    [
      "quarters with a line",
      range(9, i => `${2020 + Math.floor(i / 4)}-Q${(i % 4) + 1}`),
      "2020Q1",
      ["2022Q2", "2022Q3"],
      "quarterly",
    ],
    [
      "quarters as banks write them",
      range(9, i => `${(i % 4) + 1}Q${20 + Math.floor(i / 4)}`),
      "2020Q1",
      ["2022Q2", "2022Q3"],
      "quarterly",
    ],
    [
      "quarters as banks write them, whole years",
      range(9, i => `${(i % 4) + 1}Q ${2020 + Math.floor(i / 4)}`),
      "2020Q1",
      ["2022Q2", "2022Q3"],
      "quarterly",
    ],
    [
      "days of the year",
      range(60, i => `2024-${String(i + 31).padStart(3, "0")}`),
      "2024-01-31",
      ["2024-03-31", "2024-04-01"],
      "daily",
    ],
    [
      "weeks",
      range(60, i => `${2020 + Math.floor(i / 53)}-W${two((i % 53) + 1)}`),
      "2019-12-30",
      ["2021-02-22", "2021-03-01"],
      "weekly",
    ],
    [
      "ends of months",
      range(30, i => new Date(Date.UTC(2020, i + 1, 0)).toISOString().slice(0, 10)),
      "2020-01-31",
      ["2022-07-31", "2022-08-31"],
      "monthly",
    ],
    [
      "last working days",
      range(30, i => {
        const d = new Date(Date.UTC(2020, i + 1, 0));
        while (d.getUTCDay() % 6 === 0) d.setUTCDate(d.getUTCDate() - 1);
        return d.toISOString().slice(0, 10);
      }),
      "2020-01-31",
      ["2022-07-29", "2022-08-31"],
      "monthly",
    ],
    [
      "two years",
      range(9, i => `${1990 + 2 * i}-07-01`),
      "1990-07-01",
      ["2008-07-01", "2010-07-01"],
      "every 24 months",
    ],
    [
      "working days",
      range(300, i =>
        utc(7 * Math.floor(i / 5) + (i % 5), DAY, Date.UTC(2024, 0, 1))
          .toISOString()
          .slice(0, 10),
      ),
      "2024-01-01",
      ["2025-02-24", "2025-02-25"],
      "Monday to Friday",
    ],
    [
      "hours of trading",
      range(
        350,
        i =>
          `${utc(7 * Math.floor(i / 35) + (Math.floor(i / 7) % 5), DAY, Date.UTC(2024, 0, 1))
            .toISOString()
            .slice(0, 10)} ${two(9 + (i % 7))}:30`,
      ),
      "2024-01-01 09:30",
      ["2024-03-11 09:30", "2024-03-11 10:30"],
      "hourly at the same times of the week",
    ],
    [
      "seconds",
      range(30, i => utc(i, 1e4).toISOString().slice(0, 19)),
      "2024-01-20T00:00:00",
      ["2024-01-20T00:05:00", "2024-01-20T00:05:10"],
      "every 10 seconds",
    ],
    [
      "milliseconds",
      range(30, i => utc(i, 250).toISOString()),
      "2024-01-20T00:00:00.000Z",
      ["2024-01-20T00:00:07.500Z", "2024-01-20T00:00:07.750Z"],
      "every 250 ms",
    ],
    [
      "12 hours",
      range(30, i => `1/${2 + Math.floor(i / 24)}/2024 ${((i + 11) % 12) + 1}:00 ${i % 24 < 12 ? "AM" : "PM"}`),
      "2024-01-02 00:00",
      ["2024-01-03 06:00", "2024-01-03 07:00"],
      "hourly",
    ],
    [
      "hours alone",
      range(30, i => utc(i, 36e5).toISOString().slice(0, 13).replace("T", " ")),
      "2024-01-20 00:00",
      ["2024-01-21 06:00", "2024-01-21 07:00"],
      "hourly",
    ],
    [
      "compact times",
      range(30, i => utc(i, 36e5).toISOString().slice(0, 16).replace(/[-:]/g, "")),
      "2024-01-20T00:00",
      ["2024-01-21T06:00", "2024-01-21T07:00"],
      "hourly",
    ],
    [
      "UTC in words",
      range(30, i => `${utc(i, 36e5).toISOString().slice(0, 19).replace("T", " ")} UTC`),
      "2024-01-20 00:00:00Z",
      ["2024-01-21 06:00:00Z", "2024-01-21 07:00:00Z"],
      "hourly",
    ],
    [
      "offsets without a colon",
      range(30, i => `${utc(i, 36e5).toISOString().slice(0, 19)}-0330`),
      "2024-01-20T00:00:00-03:30",
      ["2024-01-21T06:00:00-03:30", "2024-01-21T07:00:00-03:30"],
      "hourly",
    ],
    [
      "milliseconds since 1970",
      range(30, i => String(+utc(i, 6e4))),
      "2024-01-20T00:00:00Z",
      ["2024-01-20T00:30:00Z", "2024-01-20T00:31:00Z"],
      "every minute",
    ],
    [
      "seconds with a fraction",
      range(30, i => String(+utc(i, 500) / 1000)),
      "2024-01-20T00:00:00.000Z",
      ["2024-01-20T00:00:15.000Z", "2024-01-20T00:00:15.500Z"],
      "every 500 ms",
    ],
    [
      "zones by name",
      range(30, i => `${utc(i, 36e5).toISOString().slice(0, 19).replace("T", " ")} CET`),
      "2024-01-20 00:00:00+01:00",
      ["2024-01-21 06:00:00+01:00", "2024-01-21 07:00:00+01:00"],
      "hourly",
    ],
    [
      "a. m.",
      range(30, i => `1/${2 + Math.floor(i / 24)}/2024 ${((i + 11) % 12) + 1}:00 ${i % 24 < 12 ? "a. m." : "p. m."}`),
      "2024-01-02 00:00",
      ["2024-01-03 06:00", "2024-01-03 07:00"],
      "hourly",
    ],
    [
      "years, months and days in Chinese",
      range(30, i => `2024年1月${i + 1}日`),
      "2024-01-01",
      ["2024-01-31", "2024-02-01"],
      "daily",
    ],
    [
      "months with an M",
      range(30, i => `${2020 + Math.floor(i / 12)}M${two((i % 12) + 1)}`),
      "2020-01",
      ["2022-07", "2022-08"],
      "monthly",
    ],
    [
      "hours in one number",
      range(30, i => utc(i, 36e5).toISOString().slice(0, 13).replace(/[-T]/g, "")),
      "2024-01-20 00:00",
      ["2024-01-21 06:00", "2024-01-21 07:00"],
      "hourly",
    ],
    [
      "minutes in one number",
      range(30, i => utc(i, 6e4).toISOString().slice(0, 16).replace(/[-T:]/g, "")),
      "2024-01-20 00:00",
      ["2024-01-20 00:30", "2024-01-20 00:31"],
      "every minute",
    ],
    [
      "seconds in one number",
      range(30, i => utc(i, 6e4).toISOString().slice(0, 19).replace(/[-T:]/g, "")),
      "2024-01-20 00:00:00",
      ["2024-01-20 00:30:00", "2024-01-20 00:31:00"],
      "every minute",
    ],
  ])("or time: %s", (_, times, first, next, rhythm) => {
    expect(seen(times)).toEqual([first, next, rhythm]);
  });

  it.each<[string, string, string[], string, string]>([
    ["year, month", "Year;Month", range(30, i => `${2020 + Math.floor(i / 12)};${(i % 12) + 1}`), "2020-01", "2022-07"],
    [
      "year, name of month",
      "Year;Month",
      range(
        30,
        i =>
          `${2020 + Math.floor(i / 12)};${"JanFebMarAprMayJunJulAugSepOctNovDec".slice(3 * (i % 12), 3 * (i % 12) + 3)}`,
      ),
      "2020-01",
      "2022-07",
    ],
    [
      "year, quarter",
      "year;quarter",
      range(9, i => `${2020 + Math.floor(i / 4)}.0;${(i % 4) + 1}.0`),
      "2020Q1",
      "2022Q2",
    ],
    [
      "year, month, day, hour",
      "yr;mnth;day;hr",
      range(60, i => {
        const d = utc(i, 36e5);
        return `${d.getUTCFullYear()};${d.getUTCMonth() + 1};${d.getUTCDate()};${d.getUTCHours()}`;
      }),
      "2024-01-20 00:00",
      "2024-01-22 12:00",
    ],
    ["year, day of the year", "year;doy", range(60, i => `2024;${i + 20}`), "2024-01-20", "2024-03-20"],
    ["year alone", "year", range(60, i => `${1950 + i}`), "1950", "2010"],
    [
      "date and time",
      "Date;Time",
      range(60, i => utc(i, 36e5).toISOString().slice(0, 16).replace("T", ";")),
      "2024-01-20 00:00",
      "2024-01-22 12:00",
    ],
    [
      "date and time with points",
      "Date;Time",
      range(60, i => {
        const d = utc(i, 36e5);
        return `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/2024;${two(d.getUTCHours())}.00.00`;
      }),
      "2024-01-20 00:00:00",
      "2024-01-22 12:00:00",
    ],
    [
      "date and hour",
      "day;hour",
      range(60, i => `${utc(i, 36e5).toISOString().slice(0, 10)};${utc(i, 36e5).getUTCHours()}`),
      "2024-01-20 00:00",
      "2024-01-22 12:00",
    ],
    [
      "date and hours to 24",
      "day;hour",
      range(60, i => `${utc(i, 36e5).toISOString().slice(0, 10)};${utc(i, 36e5).getUTCHours() + 1}`),
      "2024-01-20 00:00",
      "2024-01-22 12:00",
    ],
  ])("in columns: %s", (_, head, times, first, next) => {
    const read = table(times, {}, `${head};v`);
    expect([read.time?.show(0), read.time?.next(1)[0].text]).toEqual([first, next]);
    const used = read.columns.filter(({ unused }) => unused === undefined).map(({ name }) => name);
    expect(used).toEqual(["v"]);
  });

  it("is in the first columns of a table without names, where those are years and months", () => {
    const rows = range(30, i => `${1749 + Math.floor(i / 12)};${two((i % 12) + 1)};${1749 + i / 12};${(i * 7) % 11}`);
    const { time, columns } = readTable(rows.join("\n"));
    expect([time?.show(0), time?.next(1)[0].text, columns[3].values?.[2]]).toEqual(["1749-01", "1751-07", 3]);
  });

  it.each([
    "12.5",
    "Nov",
    "A1",
    "2011-02-29",
    "2012-13-01",
    "12:30 h x",
    "5-7",
    "192.168.0.1",
    "1.2.3.4",
    "2024-01-01 25:00",
    "v1.2",
  ])("is not %j", cell => {
    expect(table([cell, cell, cell]).time).toBeNull();
  });

  it("is not a measurement", () => {
    // Numbers that rise, beside a date, or as the only column.
    const rows = range(60, i => `${utc(i).toISOString().slice(0, 10)};${1.7e9 + 37 * i + (i % 3)}`);
    const meter = readTable(`day;reading\n${rows.join("\n")}\n`);
    expect([meter.time?.columns, meter.columns[1].unused]).toEqual([["day"], undefined]);
    expect(readTable(`reading\n${range(60, i => 1.7e9 + 37 * i).join("\n")}\n`).time).toBeNull();
    expect(
      readTable(`load;x\n${range(60, i => `${20240101 + ((i * 7) % 20)};${(i * 7) % 5}`).join("\n")}\n`).time,
    ).toBeNull();
  });
});

describe("the order of rows", () => {
  const days = range(60, i => utc(i).toISOString().slice(0, 10));

  it("is that of time: rows that are mixed up are sorted, and it is said", () => {
    const mixed = [...days];
    [mixed[4], mixed[9]] = [mixed[9], mixed[4]];
    const { time, notes, ...read } = table(mixed);
    expect([time?.show(4), time?.rhythm.name, time?.gaps]).toEqual([days[4], "daily", []]);
    expect(notes[0]).toBe(`the rows are sorted by time: "${mixed[5]}" in line 7 comes after "${mixed[4]}"`);
    expect(table(mixed).numbers("v")[4]).toBe(((9 * 7) % 11) + 0.5);
    expect(read).toBeDefined();
  });

  it("knows the hour that comes twice in autumn, in either order", () => {
    const local = (t: number, summer: boolean) => new Date(t + (summer ? 2 : 1) * 36e5).toISOString().slice(0, 16);
    for (const [step, name] of [
      [36e5, "hourly"],
      [9e5, "every 15 minutes"],
    ] as const) {
      const start = Date.UTC(2023, 9, 25);
      const times = range(600, i => local(start + i * step, start + i * step < Date.UTC(2023, 9, 29, 1)));
      for (const all of [times, times.slice().reverse()]) {
        const { time, notes } = table(all);
        expect([time?.rhythm.name, time?.gaps, time?.show(0), time?.show(599)]).toEqual([
          name,
          [],
          times[0],
          times[599],
        ]);
        expect(time?.next(1)[0].text).toBe(local(start + 600 * step, false));
        expect(notes.join()).toMatch(/clocks go back an hour in autumn/);
        expect(time?.values.slice(1).every((value, i) => value - (time?.values[i] ?? 0) === step)).toBe(true);
      }
    }
  });

  it("keeps days of local midnight apart by days, whatever their offset", () => {
    const times = range(60, i => {
      const summer = Date.UTC(2024, 2, 1 + i) > Date.UTC(2024, 2, 31);
      return `${new Date(Date.UTC(2024, 2, 1 + i)).toISOString().slice(0, 10)}T00:00:00${summer ? "+02:00" : "+01:00"}`;
    });
    expect(seen(times)).toEqual([
      "2024-03-01T00:00:00+01:00",
      ["2024-04-30T00:00:00+02:00", "2024-05-01T00:00:00+02:00"],
      "daily",
    ]);
  });

  it("knows months by the clock, whatever their offset", () => {
    const times = range(
      24,
      i =>
        `${2022 + Math.floor(i / 12)}-${two((i % 12) + 1)}-01T00:00${i % 12 > 2 && i % 12 < 10 ? "+02:00" : "+01:00"}`,
    );
    expect(seen(times)).toEqual([
      "2022-01-01T00:00+01:00",
      ["2024-01-01T00:00+01:00", "2024-02-01T00:00+01:00"],
      "monthly",
    ]);
  });

  it("finds several series: end to end, side by side, by words and by numbers", () => {
    const name = (count: number) => `it holds ${count} series, by "id" (`;
    const both = [...days.map(day => `${day};A`), ...days.map(day => `${day};B`)];
    const side = days.flatMap(day => [`${day};7`, `${day};8`, `${day};9`]);
    expect(() => table(both, {}, "day;id;v")).toThrow(name(2));
    expect(() => table(side, {}, "day;id;v")).toThrow(name(3));
    expect(() => table(side.slice().reverse(), {}, "day;id;v")).toThrow(name(3));
    expect(table(side, { where: { id: "8" } }, "day;id;v").rows).toBe(60);
    expect(() => table([...days, ...days])).toThrow(/several series end to end; put each into a file of its own/);
    expect(() => table(side, { where: { id: "5" } }, "day;id;v")).toThrow('where: no row has "5"');
  });

  it("finds several series by two columns", () => {
    const rows = range(30, i =>
      [1, 2].flatMap(store => ["a", "b"].map(item => `2024-01-${two(i + 1)};${store};${item};${(i * 7) % 11}`)),
    ).flat();
    const text = ["date;store;item;sales", ...rows].join("\n");
    expect(() => readTable(text)).toThrow(
      new RangeError(
        'table: it holds 4 series, by "store" and "item"; learn from all of them with series: ["store","item"]',
      ),
    );
    expect(readTable(text, { series: ["store", "item"] }).series?.parts).toHaveLength(4);
  });

  it("counts rows that come twice once, and asks about others of the same time", () => {
    const lines = days.map((day, i) => `${day};${(i * 7) % 11}`);
    const same = readTable(`t;v\n${[...lines.slice(0, 5), lines[4], ...lines.slice(5)].join("\n")}\n`);
    expect(same.rows).toBe(60);
    expect(same.notes[0]).toMatch(
      /1 row has the time of another: "2024-01-24" stands in lines 6 and 7; they are the same and counted once/,
    );
    const other = `t;v\n${[...lines.slice(0, 5), `${days[4]};100`, ...lines.slice(5)].join("\n")}\n`;
    expect(() => readTable(other)).toThrow(/take one of each: duplicates: "mean"/);
    const value = ((4 * 7) % 11) + 0;
    expect(readTable(other, { duplicates: "mean" }).numbers("v")[4]).toBe((value + 100) / 2);
    expect(readTable(other, { duplicates: "last" }).numbers("v")[4]).toBe(100);
  });

  it("finds rows that are missing, but no holidays", () => {
    const { time } = table(days.filter((_, i) => i !== 7 && (i < 20 || i > 29)));
    expect(time?.gaps).toEqual([
      { row: 7, missing: 1 },
      { row: 19, missing: 10 },
    ]);
    const work = range(300, i =>
      utc(7 * Math.floor(i / 5) + (i % 5), DAY, Date.UTC(2024, 0, 1))
        .toISOString()
        .slice(0, 10),
    );
    expect(table(work.filter((_, i) => i !== 40)).time?.gaps).toEqual([]);
    expect(table(work.filter((_, i) => i < 40 || i > 60)).time?.gaps).toEqual([{ row: 40, missing: 21 }]);
    const months = range(30, i => `${2020 + Math.floor(i / 12)}-${two((i % 12) + 1)}`);
    expect(table(months.filter((_, i) => i !== 5)).time?.gaps).toEqual([{ row: 5, missing: 1 }]);
  });

  it("is left alone when no column is the time, and where it is told", () => {
    expect(table(days, { time: null }).time).toBeNull();
    const two_ = readTable(`a;b;v\n${days.map((day, i) => `${day};${days[59 - i]};${(i * 7) % 11}`).join("\n")}\n`, {
      time: "b",
    });
    expect([two_.time?.columns, two_.time?.show(0), two_.columns[0].unused]).toEqual([
      ["b"],
      days[0],
      "it is another time",
    ]);
    expect(() => table(days, { time: "v" })).toThrow('column "v": expected times, got "0.5"');
    expect(() => table(days, { time: "w" })).toThrow('time: there is no column "w"; columns are "t", "v"');
  });
});

describe("seasons of three months", () => {
  const seasons = "DJF JFM FMA MAM AMJ MJJ JJA JAS ASO SON OND NDJ".split(" ");
  const rows = (row: (season: string, year: number) => string, every = 1) =>
    range(6, y => seasons.filter((_, i) => i % every === 0).map(season => row(season, 1950 + y))).flat();
  const read = (lines: readonly string[], head: string) => {
    const { time, notes } = readTable([head, ...lines.map((line, i) => `${line} ${((i * 7) % 11) + 0.25}`)].join("\n"));
    return [time?.show(0), time?.next(1)[0].text, time?.rhythm.name, notes.at(-1)];
  };

  it("are the month in the middle, as NOAA counts them, which is said", () => {
    const said = '"DJF" is a season of three months, read as the one in the middle';
    const expected = ["1950-01", "1956-01", "monthly", said];
    expect(
      read(
        rows((season, year) => `${season} ${year}`),
        "SEAS YR ANOM",
      ),
    ).toEqual(expected);
    expect(
      read(
        rows((season, year) => `"${season} ${year}"`),
        "period ANOM",
      ),
    ).toEqual(expected);
    expect(
      read(
        rows((season, year) => `"${year} ${season}"`),
        "t ANOM",
      ),
    ).toEqual(expected);
    expect(
      read(
        rows((season, year) => `${season} ${year}`, 3),
        "season year ANOM",
      ),
    ).toEqual(["1950-01", "1956-01", "quarterly", said]);
  });

  it("are none in small letters, and no other letters", () => {
    expect(() =>
      read(
        rows((season, year) => `"${season.toLowerCase()} ${year}"`),
        "t ANOM",
      ),
    ).not.toThrow();
    expect(
      read(
        rows((season, year) => `"${season.toLowerCase()} ${year}"`),
        "t ANOM",
      )[0],
    ).toBeUndefined();
    expect(
      read(
        rows((_, year) => `"DFM ${year}"`),
        "t ANOM",
      )[0],
    ).toBeUndefined();
  });
});
