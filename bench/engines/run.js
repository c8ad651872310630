// Runs the benchmark in an engine.
import { execFileSync } from "node:child_process";

const dist = new URL("../../dist/", import.meta.url).pathname;

/** @param {import("./engines.js").Engine} engine @param {string[]} argv */
function run({ name, command, args }, argv) {
  try {
    return execFileSync(command, [...args, ...argv], { encoding: "utf8", maxBuffer: 2 ** 24 });
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}

/**
 * The report of `wasm-lstm bench --json`.
 *
 * @param {import("./engines.js").Engine} engine
 * @param {string} only names of workloads
 * @param {number} milliseconds a figure
 * @returns {{ runtime: string, peakGflops: number, rows: { workload: string, what: string, ms: { min: number, median: number }, percentOfPeak: number }[] }}
 */
export function report(engine, only, milliseconds) {
  return JSON.parse(
    run(engine, [`${dist}cli/main.js`, "bench", "--json", "--only", only, "--time", String(milliseconds)]),
  );
}

/** The hash of what nets of every cell have learned. @param {import("./engines.js").Engine} engine */
export const hashOf = engine => run(engine, [new URL("hash.js", import.meta.url).pathname]).trim();
