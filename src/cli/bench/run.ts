/** All measurements of `wasm-lstm bench`. */
import { layers, sequential } from "../../index.ts";
import { type Timing, time } from "./measure.ts";
import { measurePeak } from "./peak.ts";
import { benchProducts } from "./products.ts";
import { forwardFlop, sequence, type Workload } from "./workloads.ts";

export interface Row {
  workload: string;
  what: string;
  ms: Timing;
  gflops: number;
  /** Of the wasm peak measured in the same process; of that known then where the row is printed at once */
  percentOfPeak: number;
}

export interface Report {
  peakGflops: number;
  rows: Row[];
}

function benchModel(workload: Workload, milliseconds: number): { train: Timing; predict: Timing } {
  const net = workload.build();
  const { x, y } = workload.data();
  const first = net.trainOnBatch(x, y).loss;
  let last = first;
  for (let i = 0; i < 10; i++) last = net.trainOnBatch(x, y).loss;
  if (!(last < first)) throw new Error(`${workload.name}: the loss went from ${first} to ${last}`);
  return {
    train: time(() => net.trainOnBatch(x, y), milliseconds),
    predict: time(() => net.predict(x), milliseconds),
  };
}

function benchStream(H: number, milliseconds: number): Timing {
  const T = 6;
  const net = sequential([layers.lstm({ units: H, inputShape: [T, H] })], { seed: 1 });
  const next = sequence(3);
  const x = Float32Array.from({ length: T * H }, () => next() - 0.5);
  const whole = net.predict({ shape: [1, T, H], data: x }).data;
  const stream = net.stream();
  let last = new Float32Array();
  for (let t = 0; t < T; t++) last = Float32Array.from(stream.step(x.subarray(t * H, (t + 1) * H)));
  if (last.some((value, i) => value !== whole[i])) throw new Error(`stream${H}: step by step differs from predict`);
  const step = x.subarray(0, H);
  return time(() => stream.step(step), milliseconds);
}

/**
 * Runs everything.
 *
 * @param units sizes of the streams
 * @param milliseconds to spend on each figure
 * @param onRow called as soon as a row is known
 */
export function runBench(
  some: readonly Workload[],
  units: readonly number[],
  milliseconds: number,
  onRow: (row: Row) => void = () => {},
): Report {
  const burst = Math.max(10, milliseconds / 4);
  let peakGflops = measurePeak(burst);
  const rows: Row[] = [];
  const add = (workload: string, what: string, ms: Timing, flop: number): void => {
    const gflops = flop / ms.median / 1e6;
    // The clock may have risen since: a row that beats the peak measures it again.
    if (flop / ms.min / 1e6 > peakGflops) peakGflops = measurePeak(burst, peakGflops);
    const row = { workload, what, ms, gflops, percentOfPeak: (100 * gflops) / peakGflops };
    rows.push(row);
    onRow(row);
  };
  for (const workload of some) {
    for (const { product, timing, flop } of benchProducts(workload, milliseconds)) {
      add(workload.name, `product: ${product}`, timing, flop);
    }
    const { train, predict } = benchModel(workload, milliseconds);
    add(workload.name, "training step", train, 3 * forwardFlop(workload));
    add(workload.name, "inference", predict, forwardFlop(workload));
  }
  for (const H of units) add(`stream${H}`, "one step", benchStream(H, milliseconds), 2 * 4 * H * 2 * H);
  return { peakGflops, rows: rows.map(row => ({ ...row, percentOfPeak: (100 * row.gflops) / peakGflops })) };
}
