// npm run bench:engines -- [--only sequence50,mid128] [--engines node20,firefox] [--rounds 3] [--time 150] [--json]
// One table of workload and engine: ms, in times of the first engine's, and % of the engine's own peak. Engines take turns,
// so that a busy moment falls on all; the shortest round of each is shown. All must learn the same bits.
import { parseArgs } from "node:util";
import { streamUnits, workloads } from "../../dist/cli/bench/engine.js";
import { INSTALL } from "../../test/runtimes/hosts/host.js";
import { arm64, hosts } from "../../test/runtimes/hosts/index.js";
import { hashOf, report } from "./run.js";

process.on("SIGINT", () => process.exit(130)); // browsers end with this process

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "sequence50,mid128" },
    engines: { type: "string" },
    rounds: { type: "string", default: "3" },
    time: { type: "string", default: "150" },
    json: { type: "boolean", default: false },
  },
});

/** @param {string} name */
const short = name => name.toLowerCase().replaceAll(" ", "");

/**
 * Some of what there is, by name.
 *
 * @param {string} option
 * @param {string} text names with commas between
 * @param {string[]} known
 */
function chosen(option, text, known) {
  const names = text.split(",").map(short);
  const wrong = names.find(name => !known.map(short).includes(name));
  if (wrong === undefined) return known.filter(name => names.includes(short(name)));
  console.error(`--${option}: expected some of ${known.map(short).join(",")}, got "${wrong}"`);
  process.exit(1);
}

const timed = hosts.filter(host => host !== arm64); // in an emulator, time says nothing
const names = timed.map(({ name }) => name);
const asked = values.engines ? chosen("engines", values.engines, names) : names;
const only = chosen("only", values.only, [...workloads.map(({ name }) => name), ...streamUnits.map(H => `stream${H}`)]);
const engines = timed.filter(({ name, installed }) => {
  if (!asked.includes(name)) return false;
  if (!installed()) console.error(`left out: ${name} is not installed: ${INSTALL}`);
  return installed();
});

/** @type {string[]} */
const hashes = [];
for (const engine of engines) hashes.push(await hashOf(engine));
/** @type {Map<string, { ms: number, percent: number }>[]} */
const best = engines.map(() => new Map());
/** @type {string[]} */
const runtimes = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const [i, engine] of engines.entries()) {
    const { runtime, rows } = await report(engine, { only, milliseconds: Number(values.time) });
    runtimes[i] = runtime;
    for (const { workload, what, ms, percentOfPeak } of rows) {
      const name = `${workload} ${what}`;
      const known = best[i].get(name);
      const percent = Math.max((percentOfPeak * ms.median) / ms.min, known?.percent ?? 0);
      best[i].set(name, { ms: Math.min(ms.min, known?.ms ?? Number.POSITIVE_INFINITY), percent });
    }
  }
}

if (values.json) {
  const rows = engines.map((_, i) => ({ runtime: runtimes[i], hash: hashes[i], rows: Object.fromEntries(best[i]) }));
  console.log(JSON.stringify(rows, null, 2));
} else {
  /** @param {string} first @param {string[]} rest */
  const line = (first, rest) => [first.padEnd(34), ...rest.map(cell => cell.padStart(23))].join("");
  console.log(line("ms (times the first), % of its peak", runtimes));
  for (const [name, { ms: first }] of best[0]) {
    const cells = best.map(rows => {
      const { ms, percent } = rows.get(name) ?? { ms: Number.NaN, percent: Number.NaN };
      return `${ms.toPrecision(3)} (${(ms / first).toFixed(2)}) ${percent.toFixed(0).padStart(4)} %`;
    });
    console.log(line(name, cells));
  }
  console.log(line("hash of every cell's training", hashes));
}
if (new Set(hashes).size > 1) {
  console.error("the engines have learned other bits");
  process.exitCode = 1;
}
