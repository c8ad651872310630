// npm run bench:check: speed as ratios inside one process, against floors, so that a noisy machine does not fail it.
// A row below its floor is measured again, twice; it fails if it is never above.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const RUNS = 3;
const cli = new URL("../dist/cli/main.js", import.meta.url).pathname;
const floors = JSON.parse(readFileSync(new URL("floors.json", import.meta.url), "utf8")).percentOfPeak;

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
for (const [name, floor] of Object.entries(floors)) {
  const percent = best.get(name);
  console.log(
    `${percent < floor ? "BELOW" : "ok   "}  ${name.padEnd(36)} ${percent.toFixed(0).padStart(4)} % of peak, floor ${floor}`,
  );
}
if (below.length > 0) {
  console.error(`${below.length} rows are slower than their floor in each of ${RUNS} runs`);
  process.exitCode = 1;
}
