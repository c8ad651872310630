/** The benchmark's table as text. */
import type { Row } from "./run.ts";

/** What columns are called, and how wide they are. */
const COLUMNS = [
  ["workload", 12],
  ["what", 25],
  ["median ms", 10],
  ["min ms", 10],
  ["GFLOP/s", 8],
  ["% of peak", 10],
  ["times as fast", 14],
] as const;

/** Cells in the columns of the table. */
export const tableLine = (cells: readonly string[]): string =>
  cells.map((cell, i) => (i < 2 ? cell.padEnd(COLUMNS[i][1]) : cell.padStart(COLUMNS[i][1]))).join(" ");

export const showMs = (ms: number): string => (ms < 0.1 ? ms.toFixed(5) : ms < 10 ? ms.toFixed(3) : ms.toFixed(1));

/** @param compared whether the last column is there */
export const tableHead = (compared = false): string =>
  tableLine(COLUMNS.slice(0, compared ? 7 : 6).map(([name]) => name));

/** @param faster the last column */
export function tableRow({ workload, what, ms, gflops, percentOfPeak }: Row, faster: readonly string[] = []): string {
  const mark = percentOfPeak > 100 ? "*" : "";
  const cells = [workload, what, showMs(ms.median), showMs(ms.min), gflops.toFixed(1), mark + percentOfPeak.toFixed(0)];
  return tableLine([...cells, ...faster]);
}
