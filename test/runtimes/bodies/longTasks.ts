/** How long a page stands still while it learns: the longest task of a `fit`, that of the first step included. */
import { layers, type Model, ndarray, sequential } from "../../../src/index.ts";

export interface Workload {
  batchSize: number;
  T: number;
  C: number;
  H: number;
  batches: number;
}

/** Milliseconds of the longest task until a promise is kept: the longest time that a message to oneself was on its way. */
async function longestTask(work: () => Promise<unknown>): Promise<number> {
  const { port1, port2 } = new MessageChannel();
  let [longest, last, done] = [0, performance.now(), false];
  port1.onmessage = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (!done) port2.postMessage(0);
  };
  port2.postMessage(0);
  await new Promise(resolve => setTimeout(resolve));
  [longest, last] = [0, performance.now()];
  await work();
  done = true;
  longest = Math.max(longest, performance.now() - last);
  port1.close();
  return longest;
}

function model({ T, C, H }: Workload): Model {
  const net = sequential(
    [layers.lstm({ units: H, returnSequences: true, inputShape: [T, C] }), layers.dense({ units: 1 })],
    {
      seed: 1,
    },
  );
  net.compile({ optimizer: "adam", loss: "mse" });
  return net;
}

/**
 * The shortest of the longest tasks of some runs: what else the machine does makes single ones longer.
 *
 * @param limit at which it stops to try
 */
export default async function run({ workload, limit, runs }: { workload: Workload; limit: number; runs: number }) {
  const { batchSize, T, C, batches } = workload;
  const N = batchSize * batches;
  const x = ndarray(
    Float32Array.from({ length: N * T * C }, (_, i) => Math.sin(i * i)),
    [N, T, C],
  );
  const y = ndarray(
    Float32Array.from({ length: N * T }, (_, i) => Math.sin(i)),
    [N, T, 1],
  );
  const all: number[] = [];
  while (all.length < runs && !(Math.min(...all) <= limit)) {
    const net = model(workload);
    all.push(Math.round(await longestTask(() => net.fit(x, y, { batchSize }))));
    await new Promise(resolve => setTimeout(resolve, 200));
  }
  return { longest: Math.min(...all), all };
}
