// npm run bench:check: speed as ratios inside one process, against floors and ceilings, so that a noisy machine does not
// fail it. What misses its limit is measured again, twice; it fails if it never meets it.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { longRunRatio } from "./longRun.js";

const RUNS = 3;
const cli = new URL("../dist/cli/main.js", import.meta.url).pathname;
const { percentOfPeak: floors, longRunAtMost } = JSON.parse(
  readFileSync(new URL("floors.json", import.meta.url), "utf8"),
);

/** Percent of the wasm peak by "workload what". */
function measure() {
  const report = JSON.parse(execFileSync(process.execPath, [cli, "bench", "--quick", "--json"], { encoding: "utf8" }));
  return new Map(report.rows.map(row => [`${row.workload} ${row.what}`, row.percentOfPeak]));
}

const best = new Map();
let below = Object.keys(floors);
for (let run = 0; run < RUNS && below.length > 0; run++) {
  const measured = measure();
  for (const name of Object.keys(floors)) {
    if (!measured.has(name)) throw new Error(`bench/floors.json: the benchmark has no row "${name}"`);
    best.set(name, Math.max(best.get(name) ?? 0, measured.get(name)));
  }
  below = below.filter(name => best.get(name) < floors[name]);
}
let longRun = Number.POSITIVE_INFINITY;
for (let run = 0; run < RUNS && longRun > longRunAtMost; run++) longRun = Math.min(longRun, longRunRatio());

for (const [name, floor] of Object.entries(floors)) {
  const percent = best.get(name);
  console.log(
    `${percent < floor ? "BELOW" : "ok   "}  ${name.padEnd(36)} ${percent.toFixed(0).padStart(4)} % of peak, floor ${floor}`,
  );
}
const slowing = longRun > longRunAtMost;
console.log(
  `${slowing ? "ABOVE" : "ok   "}  ${"step 10,000 over step 100".padEnd(36)} ${longRun.toFixed(2)} times, at most ${longRunAtMost}`,
);
if (below.length > 0 || slowing) {
  console.error(`${below.length + Number(slowing)} rows have missed their limit in each of ${RUNS} runs`);
  process.exitCode = 1;
}
