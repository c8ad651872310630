/** `wasm-lstm bench`: what this package does on this machine, in milliseconds and in % of the wasm peak. */
import { cpus } from "node:os";
import { type Row, runBench } from "./bench/run.ts";

const HEADINGS = ["workload", "what", "median ms", "min ms", "GFLOP/s", "% of peak"];
const WIDTHS = [12, 25, 10, 10, 8, 10];

const line = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i]) : cell.padStart(WIDTHS[i]))).join(" ");

const showMs = (ms: number): string => (ms < 0.1 ? ms.toFixed(5) : ms < 10 ? ms.toFixed(3) : ms.toFixed(1));

const showRow = ({ workload, what, ms, gflops, percentOfPeak }: Row): string =>
  line([workload, what, showMs(ms.median), showMs(ms.min), gflops.toFixed(1), percentOfPeak.toFixed(0)]);

/**
 * Runs the benchmark and prints it.
 *
 * @param options.json one JSON object instead of a table
 * @param options.quick a tenth of the time a figure
 * @param print where lines go
 */
export function bench(options: { json: boolean; quick: boolean }, print: (line: string) => void): void {
  const milliseconds = options.quick ? 60 : 600;
  const machine = { cpu: cpus()[0]?.model ?? "unknown", runtime: `Node ${process.versions.node}` };
  if (options.json) {
    print(JSON.stringify({ ...machine, ...runBench(milliseconds) }));
    return;
  }
  print(`${machine.cpu}, ${machine.runtime}, one thread\n`);
  print(line(HEADINGS));
  const { peakGflops } = runBench(milliseconds, row => print(showRow(row)));
  print(`\npeak: ${peakGflops.toFixed(1)} GFLOP/s of multiplies and adds in registers, measured in the same process`);
  print("a training step counts as three forward passes, though a first layer needs no input gradient");
}
