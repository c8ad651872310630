/** `wasm-lstm bench`: what this package does on this machine, in milliseconds and in % of the wasm peak. */
import { cpus } from "node:os";
import { type Row, runBench } from "./bench/run.ts";
import { benchThreads, type ThreadsRow } from "./bench/threads.ts";

const HEADINGS = ["workload", "what", "median ms", "min ms", "GFLOP/s", "% of peak"];
const WIDTHS = [12, 25, 10, 10, 8, 10];

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i]) : cell.padStart(WIDTHS[i]))).join(" ");

const showMs = (ms: number): string => (ms < 0.1 ? ms.toFixed(5) : ms < 10 ? ms.toFixed(3) : ms.toFixed(1));

const showRow = ({ workload, what, ms, gflops, percentOfPeak }: Row): string =>
  line([workload, what, showMs(ms.median), showMs(ms.min), gflops.toFixed(1), percentOfPeak.toFixed(0)]);

const showThreadsRow = ({ workload, what, one, several, speedup }: ThreadsRow): string =>
  line([workload, what, showMs(one), showMs(several), `${speedup.toFixed(2)}x`]);

/**
 * Runs the benchmark and prints it.
 *
 * @param options.json one JSON object instead of a table
 * @param options.quick a tenth of the time a figure
 * @param options.threads compare one thread with as many, instead
 * @param print where lines go
 */
export async function bench(
  { json, quick, threads }: { json: boolean; quick: boolean; threads?: number | undefined },
  print: (line: string) => void,
): Promise<void> {
  const milliseconds = quick ? 60 : 600;
  const machine = { cpu: cpus()[0]?.model ?? "unknown", runtime: `Node ${process.versions.node}` };
  const say = (text: string) => json || print(text);
  if (threads !== undefined) {
    say(`${machine.cpu}, ${machine.runtime}, one thread and ${threads}, in turns; both compute the same bits\n`);
    say(line(["workload", "what", "1, ms", `${threads}, ms`, "speedup"]));
    const rows = await benchThreads(threads, milliseconds, row => say(showThreadsRow(row)));
    if (json) print(JSON.stringify({ ...machine, threads, rows }));
    return;
  }
  say(`${machine.cpu}, ${machine.runtime}, one thread\n`);
  say(line(HEADINGS));
  const report = runBench(milliseconds, row => say(showRow(row)));
  if (json) print(JSON.stringify({ ...machine, ...report }));
  say(
    `\npeak: ${report.peakGflops.toFixed(1)} GFLOP/s of multiplies and adds in registers, measured in the same process`,
  );
  say("a training step counts as three forward passes, though a first layer needs no input gradient");
}
