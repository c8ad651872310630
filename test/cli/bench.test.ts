/** The benchmark as users run it: what it says of itself, its JSON, and reports side by side. No figure is asked for. */
import { afterAll, expect, it, vi } from "vitest";
import { time } from "../../src/cli/bench/measure.ts";
import { machine } from "../../src/cli/bench/runtime.ts";
import { runtimeName } from "../../src/cli/bench/runtimeName.ts";
import { makeFolder, run, runJson } from "./run.ts";

const folder = makeFolder();
afterAll(() => folder.remove());
const QUICK = ["bench", "--only", "sequence50", "--time", "1"];

it("says where it runs, what it measures and against what", async () => {
  const { code, stdout, stderr } = await run(QUICK);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const { runtime } = machine();
  expect(stdout).toContain(`, ${runtime}, one thread\n`);
  expect(stdout).toMatch(
    /^sequence50 {3}LSTM\(50, sequences\) \+ Dense\(1\), batch 32, 20 steps of 10 features, Adam; /m,
  );
  expect(stdout).toMatch(/^workload +what +median ms +min ms +GFLOP\/s +% of peak$/m);
  for (const what of ["product: forward", "training step", "inference"]) expect(stdout).toContain(what);
  expect(stdout).toMatch(/^peak: \d+\.\d GFLOP\/s/m);
  expect(stdout).not.toContain("mid128");
});

it("prints one object for machines, and a remark wherever a figure is above the peak", async () => {
  const report = await runJson(QUICK);
  expect(Object.keys(report)).toEqual(["version", "cpu", "runtime", "milliseconds", "peakGflops", "rows"]);
  expect(report.milliseconds).toBe(1);
  expect(report.rows.map(({ what }: { what: string }) => what)).toEqual([
    "product: forward",
    "product: state gradient",
    "product: weight gradient",
    "training step",
    "inference",
  ]);
  for (const { ms, gflops, percentOfPeak } of report.rows) {
    expect(ms.min).toBeGreaterThan(0);
    expect(ms.median).toBeGreaterThanOrEqual(ms.min);
    expect(percentOfPeak).toBeCloseTo((100 * gflops) / report.peakGflops, 9);
  }
});

it("stands beside an earlier report", async () => {
  const rows = [{ workload: "sequence50", what: "training step", ms: { min: 1e6, median: 1e6 } }];
  const path = folder.write("before.json", JSON.stringify({ runtime: "Node 1.2.3", rows }));
  const { code, stdout } = await run([...QUICK, "--compare", path]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/% of peak +times as fast$/m);
  const [, faster] = stdout.match(/^sequence50 +training step .* ([\d.]+)$/m) ?? [];
  expect(Number(faster)).toBeGreaterThan(1000); // than a million milliseconds
  expect(stdout).toMatch(/^sequence50 +inference .* new$/m);
  expect(stdout).toContain(`times as fast as in ${path} (Node 1.2.3)`);
});

it.each([
  [
    ["--only", "sequence5"],
    '--only: expected some of sequence50,sentiment64,mid128,large256,large512, got "sequence5"',
  ],
  [["--time", "0"], '--time: expected a whole number from 1 to 60000, got "0"'],
  [["--threads", "1"], '--threads: expected a whole number from 2 to 64, got "1"'],
  [["--compare", "@none.json"], "--compare @none.json: ENOENT"],
  [["--compare", "@text.json"], "--compare @text.json: "],
  [["--compare", "@empty.json"], "--compare @empty.json: expected what wasm-lstm bench --json prints, got an object"],
  [["--compare", "@null.json"], "--compare @null.json: expected what wasm-lstm bench --json prints, got null"],
  [["--compare", "@x", "--threads", "2"], "--compare: is for the benchmark of one thread, without --threads"],
])("refuses %j in one line", async (argv, expected) => {
  folder.write("text.json", "median 3 ms");
  folder.write("empty.json", JSON.stringify({ rows: [] }));
  folder.write("null.json", "null");
  const { code, stdout, stderr } = await run(["bench", ...argv.map(arg => arg.replace("@", `${folder.path}/`))]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr.replaceAll(`${folder.path}/`, "@")).toMatch(/^wasm-lstm: [^\n]+\n$/);
  expect(stderr.replaceAll(`${folder.path}/`, "@")).toContain(`wasm-lstm: ${expected}`);
});

it("tells Deno and Bun from Node, which they say they are too", () => {
  expect(machine().runtime).toBe(`Node ${process.versions.node}`);
  vi.stubGlobal("Bun", { version: "1.4.5" });
  expect(machine().runtime).toBe("Bun 1.4.5");
  vi.stubGlobal("Deno", { version: { deno: "2.9.6" } });
  expect(machine().runtime).toBe("Deno 2.9.6");
  vi.unstubAllGlobals();
});

it.each([
  ["Firefox 153.0", "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0"],
  ["Chromium 156", "Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"],
  ["WebKit 605.1.15", "Mozilla/5.0 (X11; Linux) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/60.5 Safari/605.1.15"],
  ["Ladybug/1", "Ladybug/1"],
])("names the browser: %s", (name, userAgent) => {
  vi.stubGlobal("process", undefined);
  vi.stubGlobal("navigator", { userAgent });
  const named = runtimeName();
  vi.unstubAllGlobals();
  expect(named).toBe(name);
});

it("measures something also where the clock goes by milliseconds, as in browsers", () => {
  const exact = performance.now.bind(performance);
  const clock = vi.spyOn(performance, "now").mockImplementation(() => Math.floor(exact()));
  const { min, median } = time(() => {}, 1);
  clock.mockRestore();
  expect(min).toBeGreaterThan(0);
  expect(median).toBeGreaterThanOrEqual(min);
});
