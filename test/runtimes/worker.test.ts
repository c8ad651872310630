/** The Worker of examples/worker, in workerd: right answers, clear refusals, nothing kept between requests. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Forecaster, loadForecaster } from "../../src/forecast/index.ts";
import { loadModel, type Model } from "../../src/index.ts";
import { seeded } from "../helpers/random.ts";

const example = new URL("../../examples/worker/", import.meta.url);
const installed = existsSync(new URL("node_modules/miniflare", example));

describe("the example of a Worker", () => {
  let server: ChildProcess;
  let address: string;
  let net: Model;
  let week: Forecaster;

  beforeAll(async () => {
    if (!installed) return;
    const start = fileURLToPath(new URL("start.js", example));
    server = spawn(process.execPath, [start], {
      env: { ...process.env, PORT: "0" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    address = await new Promise((resolve, reject) => {
      let said = "";
      server.stdout?.on("data", chunk => {
        said += chunk;
        const found = said.match(/http:\/\/[\d.:]+\//);
        if (found) resolve(found[0]);
      });
      server.on("exit", code => reject(new Error(`start.js ended with ${code}: ${said}`)));
    });
    net = loadModel(readFileSync(new URL("model.safetensors", example)));
    week = loadForecaster(readFileSync(new URL("forecaster.safetensors", example)));
  }, 60_000);

  afterAll(() => {
    server?.kill();
  });

  const post = async (path: string, body: BodyInit): Promise<{ status: number; answer: Record<string, unknown> }> => {
    const response = await fetch(`${address}${path}`, { method: "POST", body });
    return { status: response.status, answer: (await response.json()) as Record<string, unknown> };
  };
  const test = (name: string, run: () => Promise<void>): void => {
    it(name, { timeout: 120_000 }, async ({ skip }) => {
      if (!installed) skip(`miniflare is not installed: npm --prefix examples/worker ci --ignore-scripts`);
      await run();
    });
  };

  const { uniform } = seeded(7);
  const temperatures = (count: number): number[] => Array.from({ length: count }, () => 30 * uniform());

  /** Bytes that workerd holds, the child of the process that was started. */
  const residentBytes = (): number => {
    for (const pid of readdirSync("/proc").filter(name => /^\d+$/.test(name))) {
      try {
        const [, ppid] = readFileSync(`/proc/${pid}/stat`, "utf8").match(/\) \S (\d+)/) ?? [];
        if (Number(ppid) !== server.pid) continue;
        const [, kilobytes] = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/) ?? [];
        if (readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("workerd")) return 1024 * Number(kilobytes);
      } catch {} // a process that has ended meanwhile
    }
    throw new Error("workerd is no child of start.js");
  };

  const malformed: [body: string, status: number, text: RegExp][] = [
    ["{", 400, /expected JSON/],
    ["", 400, /expected JSON/],
    ["[]", 422, /expected a JSON object/],
    ["{}", 422, /window: expected an array of 30 numbers/],
    ['{"window":[1,2]}', 422, /window: expected 30 numbers, got 2/],
    [`{"window":[${"null,".repeat(29)}1]}`, 422, /window: expected finite numbers, got null at 0/],
    [`{"window":[${"1,".repeat(29)}1e999]}`, 422, /window: expected finite numbers, got null at 29/],
    [`{"window":[${"1,".repeat(40_000)}1]}`, 413, /at most 65536 bytes/],
  ];

  test("answers 1,000 requests, 50 at a time, the malformed ones with the reason, in memory that stays the same", async () => {
    const burst = async (): Promise<void> => {
      const requests = Array.from({ length: 1000 }, (_, i) => async () => {
        if (i % 20 === 3) {
          const [body, status, text] = malformed[((i / 20) % malformed.length) | 0];
          const { answer, ...rest } = await post("predict", body);
          expect(rest).toEqual({ status });
          expect(answer.error).toMatch(text);
          return;
        }
        const window = temperatures(30);
        const expected = net.predict([window.map(value => [value])]).data[0];
        expect(await post("predict", JSON.stringify({ window }))).toEqual({
          status: 200,
          answer: { forecast: expected },
        });
      });
      const next = async (): Promise<void> => {
        for (let request = requests.pop(); request; request = requests.pop()) await request();
      };
      await Promise.all(Array.from({ length: 50 }, next));
    };
    await burst();
    const before = residentBytes();
    await burst();
    await burst();
    expect(residentBytes() - before).toBeLessThan(24e6);
  });

  const day = (i: number) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
  const rows = (count: number) =>
    temperatures(count).map((temp, i) => ({
      date: day(i),
      temp_max: temp,
      temp_min: i % 7 === 3 ? null : temp - 5,
      precipitation: i % 3,
      wind: 2,
    }));

  test("serves a forecaster: the last rows in, dates and intervals out, the same in every runtime", async () => {
    const given = rows(40);
    const { status, answer } = await post("forecast", JSON.stringify({ rows: given }));
    expect(status).toBe(200);
    expect(answer).toEqual({ level: 0.8, forecasts: week.forecast(given) });
    const forecasts = answer.forecasts as ReturnType<Forecaster["forecast"]>;
    expect(forecasts.map(({ date }) => date)).toEqual(Array.from({ length: 7 }, (_, i) => day(40 + i)));
    for (const { values, low, high } of forecasts) {
      expect((low?.temp_max ?? NaN) < values.temp_max && values.temp_max < (high?.temp_max ?? NaN)).toBe(true);
    }
    const two = await post("forecast", JSON.stringify({ rows: given, steps: 2 }));
    expect(two.answer.forecasts).toEqual(forecasts.slice(0, 2));
  });

  test("refuses rows that it cannot forecast from, with the reason", async () => {
    const good = rows(30);
    const changed = (change: object) => [...good.slice(0, -1), { ...good[29], ...change }];
    const cases: [body: unknown, status: number, text: RegExp][] = [
      [{}, 422, /rows: expected 30 to 1000 rows with a date and precipitation, temp_max/],
      [{ rows: good.slice(1) }, 422, /rows: expected 30 to 1000/],
      [{ rows: Array.from({ length: 1001 }, () => 1) }, 422, /rows: expected 30 to 1000/],
      [{ rows: good.map(() => 1) }, 422, /expected rows such as/],
      [{ rows: good.map(({ wind: _, ...row }) => row) }, 422, /no column "wind"/],
      [{ rows: good.map(({ date: _, ...row }) => row) }, 422, /expected times of the rows/],
      [{ rows: changed({ temp_max: "warm" }) }, 422, /expected a number, got "warm"/],
      [{ rows: changed({ temp_max: { toString: "x" } }) }, 422, /expected numbers, texts, dates and null/],
      [{ rows: changed({ date: good[28].date }) }, 422, /2020-01-29/],
      [{ rows: changed({ temp_max: 1e300 }) }, 422, /more than float32/],
      [{ rows: good, steps: 8 }, 422, /steps: expected at most 7/],
      [{ rows: good, steps: 0.5 }, 422, /steps: expected a whole number/],
      [{ rows: good, steps: "7" }, 422, /steps: expected a number/],
      [{ rows: rows(1000) }, 413, /at most 65536 bytes/],
    ];
    for (const [body, status, text] of cases) {
      const { answer, ...rest } = await post("forecast", JSON.stringify(body));
      expect({ ...rest, error: answer.error }).toEqual({ status, error: expect.stringMatching(text) });
    }
    expect(await post("forecast", "{")).toMatchObject({ status: 400 });
  });

  test("takes steps whose state the client keeps", async () => {
    const stream = net.stream();
    let state: unknown;
    for (const value of temperatures(12)) {
      const { status, answer } = await post("step", JSON.stringify({ value, state }));
      expect(status).toBe(200);
      expect(answer.forecast).toBe(stream.step([value])[0]);
      state = answer.state;
    }
    const bad = await post("step", JSON.stringify({ value: 1, state: { lstm: [[1], [2]] } }));
    expect(bad).toMatchObject({ status: 422, answer: { error: expect.stringContaining("stream state") } });
    expect((await post("step", JSON.stringify({ value: 5 }))).answer.forecast).toBe(net.stream().step([5])[0]);
  });

  test("trains a small model in a request, the same each time", async () => {
    const body = JSON.stringify({ series: temperatures(100), epochs: 3 });
    const [first, second] = [await post("train", body), await post("train", body)];
    expect(first.status).toBe(200);
    expect(first.answer.loss).toBeGreaterThan(0);
    expect(second).toEqual(first);
    expect(await post("train", '{"series":[1]}')).toMatchObject({ status: 422 });
  });

  test("says what there is", async () => {
    expect(await post("nothing", "{}")).toMatchObject({ status: 404 });
    expect((await fetch(`${address}predict`)).status).toBe(405);
  });
});
