/** `wasm-lstm bench`: what this package does on this machine, in milliseconds and in % of the wasm peak. */
import { describe } from "../describe.ts";
import { hintFor } from "../hint.ts";
import { type Before, readReport, speedup } from "./bench/compare.ts";
import { type Row, runBench } from "./bench/run.ts";
import { machine } from "./bench/runtime.ts";
import { showMs, tableHead, tableLine, tableRow } from "./bench/table.ts";
import { benchThreads, type ThreadsRow } from "./bench/threads.ts";
import { streamUnits, type Workload, workloads } from "./bench/workloads.ts";
import { MILLISECONDS, QUICK_MILLISECONDS } from "./benchOptions.ts";
import { CliError } from "./error.ts";
import { type Io, print, printJson } from "./io.ts";
import type { Args } from "./options.ts";

/** Whose single steps take too long for a quick look. */
const QUICK = workloads.filter(({ name }) => !name.startsWith("large"));

function showRow(row: Row, before: Before | undefined): string {
  return tableRow(row, before && [speedup(before, row)?.toFixed(2) ?? "new"]);
}

const showThreadsRow = ({ workload, what, one, several, speedup: faster }: ThreadsRow): string =>
  tableLine([workload, what, showMs(one), showMs(several), `${faster.toFixed(2)}x`]);

function chosen(args: Args): readonly Workload[] {
  const text = args.text("only");
  if (text === undefined) return args.has("quick") || args.has("peers") ? QUICK : workloads;
  const names = workloads.map(({ name }) => name);
  for (const name of text.split(",")) {
    if (names.includes(name)) continue;
    throw new CliError(`--only: expected some of ${names.join(",")}, got ${describe(name)}${hintFor(name, names)}`);
  }
  return workloads.filter(({ name }) => text.split(",").includes(name));
}

/** Runs the benchmark and prints it. */
export async function bench(args: Args, io: Io): Promise<number> {
  const json = args.has("json");
  const say = (text: string) => json || print(io, text);
  const milliseconds = args.integer("time", 1, 60_000) ?? (args.has("quick") ? QUICK_MILLISECONDS : MILLISECONDS);
  const threads = args.integer("threads", 2, 64);
  const path = args.text("compare");
  if (path !== undefined && threads !== undefined) {
    throw new CliError("--compare: is for the benchmark of one thread, without --threads");
  }
  const other = threads === undefined ? path && "--compare" : "--threads";
  if (args.has("peers") && other) throw new CliError(`--peers: makes a table of its own, without ${other}`);
  const some = chosen(args);
  const peers = args.has("peers") ? await import("./bench/peers.ts") : undefined; // which few need
  const found = await peers?.peersOf(process.cwd());
  const before = path === undefined ? undefined : readReport(path);
  const { cpu, runtime } = machine();
  say(`${cpu}, ${runtime}, ${threads === undefined ? "one thread" : `one thread and ${threads}, in turns`}\n`);
  for (const { name, about, source } of some) say(`${name.padEnd(12)} ${about}; ${source}`);
  if (threads !== undefined) {
    say(`\n${tableLine(["workload", "what", "1, ms", `${threads}, ms`, "speedup"])}`);
    const rows = await benchThreads(some, threads, milliseconds, row => say(showThreadsRow(row)));
    if (json) printJson(io, { cpu, runtime, threads, rows });
    else say("\nboth compute the same bits");
    return 0;
  }
  const units = args.has("only") ? [] : streamUnits;
  if (units.length > 0) say(`${"streamN".padEnd(12)} LSTM(N) of N features, one step of a stream`);
  if (peers && found) {
    const rows = await peers.benchPeers(found, some, units, milliseconds, say);
    const versions = Object.fromEntries(found.peers.map(({ title, version }) => [title, version]));
    if (json) printJson(io, { cpu, runtime, milliseconds, peers: versions, rows });
    return rows.some(({ notes }) => Object.values(notes).some(peers.isFault)) ? 1 : 0;
  }
  say(`\n${tableHead(before !== undefined)}`);
  const report = runBench(some, units, milliseconds, row => say(showRow(row, before)));
  if (json) printJson(io, { cpu, runtime, milliseconds, ...report });
  say(
    `\npeak: ${report.peakGflops.toFixed(1)} GFLOP/s of multiplies and adds in registers, measured in the same process`,
  );
  say("a training step counts as three forward passes, though a first layer needs no input gradient");
  if (report.rows.some(({ percentOfPeak }) => percentOfPeak > 100)) {
    say("* above 100 %: by that count, or since the processor's clock rose after the peak was measured");
  }
  if (before) say(`times as fast as in ${path} (${before.runtime}); on a busy machine a few percent mean nothing`);
  return 0;
}
