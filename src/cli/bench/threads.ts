/** What more threads bring: each workload on one and on several, in turns, after a check that both compute the same bits. */
import type { Model } from "../../index.ts";
import { timeInTurns } from "./measure.ts";
import type { Workload } from "./workloads.ts";

export interface ThreadsRow {
  workload: string;
  what: string;
  /** Median milliseconds */
  one: number;
  several: number;
  speedup: number;
}

function expectSameBits(a: Model, b: Model, workload: string): void {
  const [left, right] = [a, b].map(model => model.getWeights());
  const differs = left.some(({ data }, i) => data.some((value, j) => !Object.is(value, right[i].data[j])));
  if (differs) throw new Error(`${workload}: the weights differ between one thread and several`);
}

async function benchWorkload(workload: Workload, threads: number, milliseconds: number): Promise<ThreadsRow[]> {
  const [one, several] = [workload.build(), workload.build({ threads })];
  await several.ready();
  const { x, y } = workload.data();
  const row = (what: string, run: (model: Model) => void): ThreadsRow => {
    const [a, b] = timeInTurns([() => run(one), () => run(several)], milliseconds);
    return { workload: workload.name, what, one: a.median, several: b.median, speedup: a.median / b.median };
  };
  const rows = [row("training step", model => model.trainOnBatch(x, y)), row("inference", model => model.predict(x))];
  expectSameBits(one, several, workload.name);
  return rows;
}

/**
 * Runs some workloads.
 *
 * @param milliseconds to spend on each figure
 * @param onRow called as soon as a row is known
 */
export async function benchThreads(
  some: readonly Workload[],
  threads: number,
  milliseconds: number,
  onRow: (row: ThreadsRow) => void = () => {},
): Promise<ThreadsRow[]> {
  const rows: ThreadsRow[] = [];
  for (const workload of some) {
    for (const row of await benchWorkload(workload, threads, milliseconds)) {
      rows.push(row);
      onRow(row);
    }
  }
  return rows;
}
