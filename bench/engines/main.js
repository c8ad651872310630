// npm run bench:engines [workloads] [rounds]: one table of workload and engine: ms, in times of the first engine's, and % of the
// engine's own peak. Engines take turns, so that a busy moment falls on all; the best median of each is shown. All must
// learn the same bits.
import { installedEngines } from "./engines.js";
import { hashOf, report } from "./run.js";

const [only = "sequence50,mid128", rounds = "3"] = process.argv.slice(2);
const engines = installedEngines();
const hashes = engines.map(hashOf);
/** @type {Map<string, { ms: number, percent: number }>[]} */
const best = engines.map(() => new Map());
/** @type {string[]} */
const runtimes = [];
for (let round = 0; round < Number(rounds); round++) {
  for (const [i, engine] of engines.entries()) {
    const { runtime, rows } = report(engine, only, 150);
    runtimes[i] = runtime;
    for (const { workload, what, ms, percentOfPeak } of rows) {
      const name = `${workload} ${what}`;
      const known = best[i].get(name);
      const percent = Math.max(percentOfPeak, known?.percent ?? 0);
      best[i].set(name, { ms: Math.min(ms.median, known?.ms ?? Number.POSITIVE_INFINITY), percent });
    }
  }
}

/** @param {string} first @param {string[]} rest */
const line = (first, rest) => [first.padEnd(34), ...rest.map(cell => cell.padStart(22))].join("");
console.log(line("ms (times the first), % of its peak", runtimes));
for (const [name, { ms: first }] of best[0]) {
  const cells = best.map(rows => {
    const { ms, percent } = rows.get(name) ?? { ms: Number.NaN, percent: Number.NaN };
    return `${ms.toPrecision(3)} (${(ms / first).toFixed(2)}) ${percent.toFixed(0).padStart(4)} %`;
  });
  console.log(line(name, cells));
}
console.log(line("hash of every cell's training", hashes));
if (new Set(hashes).size > 1) {
  console.error("the engines have learned other bits");
  process.exitCode = 1;
}
