/** Training and forecasting from tables that are not plain: what is learned from, and which dates forecasts have. */
import { afterAll, describe, expect, it } from "vitest";
import { openTable } from "../../src/cli/tableFile.ts";
import { originsWithin, toPanel } from "../../src/forecast/panel.ts";
import { makeFolder, run, runJson } from "./run.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

const DAY = 864e5;
const HOUR = 36e5;
const range = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const iso = (time: number) => new Date(time).toISOString();
const day = (i: number, start = Date.UTC(2020, 0, 1)) => iso(start + i * DAY).slice(0, 10);
const write = (name: string, head: string, rows: readonly string[]) =>
  folder.write(name, `${[head, ...rows].join("\n")}\n`);
const wave = (i: number, length = 24) => (600 + 30 * Math.sin((2 * Math.PI * i) / length)).toFixed(3);

const quick = ["--window", "6", "--units", "4", "--epochs", "1"];
const model = folder.file("m.st");
const train = (path: string, target: string, ...more: string[]) =>
  runJson(["train", path, "--target", target, ...quick, ...more, "--out", model]);
const predict = (path: string) => runJson(["predict", model, path]);

describe("dates of forecasts", () => {
  const workdays = range(280, i => Date.UTC(2020, 0, 1) + i * DAY).filter(time => new Date(time).getUTCDay() % 6 !== 0);
  const local = (time: number, minutes: number, zone: string) => `${iso(time + minutes * 6e4).slice(0, 16)}${zone}`;
  const start = Date.UTC(2024, 5, 4);
  it.each<[string, string[], string[]]>([
    [
      "ends of months",
      range(120, i => iso(Date.UTC(2011, i + 9, 0)).slice(0, 10)),
      ["2021-09-30", "2021-10-31", "2021-11-30", "2021-12-31"],
    ],
    [
      "ends of quarters",
      range(120, i => iso(Date.UTC(1990, 3 * i + 3, 0)).slice(0, 10)),
      ["2020-03-31", "2020-06-30", "2020-09-30", "2020-12-31"],
    ],
    [
      "the 30th",
      range(120, i =>
        iso(Date.UTC(2010, i, Math.min(30, new Date(Date.UTC(2010, i + 1, 0)).getUTCDate()))).slice(0, 10),
      ),
      ["2020-01-30", "2020-02-29", "2020-03-30", "2020-04-30"],
    ],
    [
      "working days",
      workdays.slice(0, 198).map(time => iso(time).slice(0, 10)),
      ["2020-10-05", "2020-10-06", "2020-10-07", "2020-10-08"],
    ],
    [
      "seconds",
      range(120, i => iso(start + i * 1e4).slice(0, 19)),
      range(4, i => iso(start + (120 + i) * 1e4).slice(0, 19)),
    ],
    [
      "offsets to the east",
      range(120, i => local(start + i * HOUR, 330, "+05:30")),
      range(4, i => local(start + (120 + i) * HOUR, 330, "+05:30")),
    ],
    [
      "offsets to the west",
      range(120, i => local(start + i * HOUR, -300, "-05:00")),
      range(4, i => local(start + (120 + i) * HOUR, -300, "-05:00")),
    ],
    [
      "quarters",
      range(80, i => `${1990 + Math.floor(i / 4)}Q${(i % 4) + 1}`),
      ["2010Q1", "2010Q2", "2010Q3", "2010Q4"],
    ],
    [
      "names of months",
      range(80, i => `${new Date(Date.UTC(2010, i, 1)).toUTCString().slice(8, 11)}-${10 + Math.floor(i / 12)}`),
      ["2016-09", "2016-10", "2016-11", "2016-12"],
    ],
  ])("follow the rhythm of %s", async (_, dates, want) => {
    const path = write(
      "dates.csv",
      "date,v",
      dates.map((date, i) => `${date},${wave(i)}`),
    );
    await train(path, "v", "--horizon", "4");
    const { forecasts } = await predict(path);
    expect(forecasts.map(({ date }: { date: string }) => date)).toEqual(want);
  });

  it("go on after the hour that comes twice", async () => {
    const first = Date.UTC(2023, 9, 25);
    const change = Date.UTC(2023, 9, 29, 1);
    const at = (time: number) => local(time, time < change ? 120 : 60, "").replace("T", " ");
    const path = write(
      "autumn.csv",
      "time,v",
      range(700, i => `${at(first + i * 9e5)},${wave(i, 96)}`),
    );
    const { notes } = await train(path, "v");
    expect(notes.join()).toContain("clocks go back an hour in autumn");
    expect((await predict(path)).forecasts[0].date).toBe(at(first + 700 * 9e5));
  });

  it.each<[string, (time: number) => string]>([
    [
      "1/2/2021",
      time => `${new Date(time).getUTCMonth() + 1}/${new Date(time).getUTCDate()}/${new Date(time).getUTCFullYear()}`,
    ],
    [
      "2.1.2021",
      time => `${new Date(time).getUTCDate()}.${new Date(time).getUTCMonth() + 1}.${new Date(time).getUTCFullYear()}`,
    ],
    [
      '"Jan 2, 2021"',
      time =>
        `"${new Date(time).toUTCString().slice(8, 11)} ${new Date(time).getUTCDate()}, ${new Date(time).getUTCFullYear()}"`,
    ],
  ])("come after the newest row where that is the first: %s", async (_, show) => {
    const rows = range(
      400,
      i => `${show(Date.UTC(2020, 0, 1) + (399 - i) * DAY)},${(100 + (399 - i) * 0.5 + (i % 3) / 10).toFixed(2)}`,
    );
    const path = write("newest.csv", "Date,Close", rows);
    const { notes } = await train(path, "Close");
    expect(notes).toContain("the newest row comes first: the rows are turned round");
    const { forecasts } = await predict(path);
    expect(forecasts[0].date).toBe(day(400));
    expect(forecasts[0].values.Close).toBeGreaterThan(295);
  });

  it("are read as when the model was trained", async () => {
    const us = (i: number) =>
      iso(Date.UTC(2020, 0, 1) + i * DAY)
        .slice(0, 10)
        .replace(/(\d+)-(\d+)-(\d+)/, "$2/$3/$1");
    const path = write(
      "us.csv",
      "day,v",
      range(300, i => `${us(i)},${wave(i)}`),
    );
    const { forecaster } = await train(path, "v");
    expect(forecaster.reading).toEqual({ dateFormat: "mdy" });
    // All of these days are before the 13th: alone they might be months.
    const part = write(
      "part.csv",
      "day,v",
      range(8, i => `${us(305 + i)},${wave(i)}`),
    );
    expect((await predict(part)).forecasts[0].date).toBe(day(313));
  });
});

describe("numbers far from 0", () => {
  it("are learned from and shown to their last digit", async () => {
    const rows = (offset: number) => {
      let count = offset;
      return range(600, i => {
        count += 20 + Math.round(15 * (1 + Math.sin((2 * Math.PI * i) / 24)));
        return `${iso(Date.UTC(2022, 0, 1) + i * HOUR).slice(0, 16)},${count}`;
      });
    };
    const scores: number[] = [];
    for (const offset of [0, 1.7e9]) {
      const path = write(`${offset}.csv`, "time,reading", rows(offset));
      const { training } = await train(path, "reading", "--epochs", "5");
      scores.push(training.heldOut.scores[0].mae);
    }
    expect(scores[1] / scores[0]).toBeCloseTo(1, 2);
    const { stdout } = await run(["predict", model, folder.file("1700000000.csv")]);
    expect(stdout).toMatch(/2022-01-26T00:00 +17000210\d\d +17000\d{5} to 17000\d{5}\n/);
  });
});

describe("what is learned from", () => {
  it.each(["NaN", "NA", "null", "?", "-", ""])("a column that begins with %j, as missing", async word => {
    const rows = range(200, i => `${day(i)},${wave(i)},${i < 7 ? word : wave(i - 7)}`);
    const { forecaster, notes } = await train(write("lag.csv", "date,y,lag7", rows), "y");
    expect(forecaster.features).toEqual(["y", "lag7"]);
    expect(notes).toEqual(['missing values: 7 of "lag7"']);
  });

  it("no times, whichever form they have", async () => {
    const unix = range(500, i => i).filter(i => i !== 77 && i !== 200);
    const seconds = write(
      "unix.csv",
      "timestamp,v",
      unix.map(i => `${1609459200 + i * 60},${wave(i)}`),
    );
    const one = await train(seconds, "v");
    expect([one.forecaster.features, one.forecaster.calendar.column]).toEqual([["v"], "timestamp"]);
    const parts = range(900, i => {
      const time = new Date(Date.UTC(2010, 0, 1) + i * HOUR);
      return `${time.getUTCFullYear()},${time.getUTCMonth() + 1},${time.getUTCDate()},${time.getUTCHours()},${wave(i)}`;
    });
    const { forecaster } = await train(write("parts.csv", "year,month,day,hour,v", parts), "v");
    expect([forecaster.features, forecaster.calendar.column]).toEqual([["v"], "year, month, day, hour"]);
  });

  it("no column of words that say nothing, of one value, of mostly nothing, and each is named", async () => {
    const rows = range(
      120,
      i => `${day(i)},${wave(i)},${i % 2 ? "rain" : "sun"},7,${i % 3 ? "" : i % 7},${i % 2 ? "yes" : "no"}`,
    );
    const path = write("columns.csv", "date,v,sky,flag,rare,open", rows);
    const { stdout } = await run(["train", path, "--target", "v", ...quick, "--out", model]);
    expect(stdout).toContain(
      "\n  not used: sky, its 2 words (rain and sun) tell too little of what follows; name it in --features to use it\n",
    );
    const asked = await run(["train", path, "--target", "v", "--features", "v,sky", ...quick, "--out", model]);
    expect(asked.stdout).toContain("\n  sky is one of its words: rain, sun\n");
    expect(asked.stdout).toContain("the last 6 rows of v, sky and the time of week\n");
    expect(stdout).toContain("\n  not used: flag, it is always 7\n");
    expect(stdout).toContain("\n  not used: rare, 80 of 120 values are missing\n");
    expect(stdout).toContain('\n  taken as 1 for yes and 0 for no: "open"\n');
    expect(stdout).toContain("the last 6 rows of v, open and the time of week\n");
  });

  it("nothing that is always the same", async () => {
    const path = write(
      "constant.csv",
      "date,v",
      range(120, i => `${day(i)},5`),
    );
    expect((await run(["train", path, "--target", "v"])).stderr).toBe(
      'wasm-lstm: --target: nothing is to be learned of column "v": it is always 5\n',
    );
  });
});

describe("rows that are missing", () => {
  const columns = { features: ["v"], targets: ["v"], calendar: null };
  const panelOf = (rows: readonly string[]) => {
    const table = openTable(write("gap.csv", "date,v", rows), {});
    return toPanel([{ name: "", table }], columns, 2);
  };
  const rows = range(100, i => `${day(i)},${i}.5`);

  it("are filled in where they are few, and windows begin anew where they are many", () => {
    const few = panelOf([...rows.slice(0, 40), ...rows.slice(42)]);
    expect([few.rows, [...new Set(few.starts)], few.hasMissing]).toEqual([100, [0], true]);
    expect([...few.truth.slice(39, 43)]).toEqual([39.5, NaN, NaN, 42.5]);
    expect([...few.values.slice(39, 43)]).toEqual([39.5, 39.5, 39.5, 42.5]); // the last known
    expect(few.parts[0].timeline.name(41)).toBe(day(41));
    // Those that would forecast the missing rows are left out.
    expect(originsWithin(few, 8, 2, 0, few.rows)).toEqual(range(91, i => i + 8).filter(i => i < 39 || i > 41));
    const many = panelOf([...rows.slice(0, 40), ...rows.slice(60)]);
    expect([many.rows, [...new Set(many.starts)], many.hasMissing]).toEqual([80, [0, 40], false]);
    expect(originsWithin(many, 8, 2, 0, many.rows)).toEqual([...range(31, i => i + 8), ...range(31, i => i + 48)]);
  });

  it("make no forecast from both sides of a gap", async () => {
    const path = write(
      "long.csv",
      "date,v",
      range(200, i => `${day(i)},${wave(i)}`),
    );
    await train(path, "v");
    const gap = range(30, i => `${day(i < 27 ? i : i + 90)},${wave(i)}`);
    expect((await run(["predict", model, write("late.csv", "date,v", gap)])).stderr).toMatch(
      /late\.csv: there is a gap before 2020-04-27, and 3 rows after it are too few: the model reads the last 6\n$/,
    );
    const hole = range(30, i => `${day(i)},${i === 27 ? "" : wave(i)}`);
    // One that is missing is the last one known, whether the model has seen such rows or not.
    const filled = hole.map((row, i) => (i === 27 ? `${row}${hole[26].split(",")[1]}` : row));
    const [a, b] = [
      await predict(write("hole.csv", "date,v", hole)),
      await predict(write("full.csv", "date,v", filled)),
    ];
    expect(a.forecasts).toEqual(b.forecasts);
    const learned = write(
      "holes.csv",
      "date,v",
      range(200, i => `${day(i)},${i % 9 === 4 ? "NA" : wave(i)}`),
    );
    const { training } = await train(learned, "v");
    expect(training.heldOut.windows).toBeLessThan(40);
    const { forecasts } = await predict(folder.file("hole.csv"));
    expect(Number.isFinite(forecasts[0].values.v)).toBe(true);
  });
});
