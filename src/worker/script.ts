/**
 * `wasm-lstm/worker/script`: what runs in the worker of `trainInWorker`. A script of your own that imports it, and registers what your
 * models need, can be given instead.
 */
import type { Callback } from "../callbacks/callback.ts";
import { callbacks, loadModel, type Model } from "../index.ts";
import type { FromWorker, Job, ToWorker } from "./messages.ts";
import { arrived } from "./travelling.ts";

type Post = (message: FromWorker, transfer?: ArrayBuffer[]) => void;

let control = new AbortController();

function modelOf({ bytes, states, threads, simd }: Job): Model {
  try {
    const net = loadModel(bytes, { threads, simd });
    net.network.states = new Map(states.map(([name, numbers]) => [name, [...numbers]]));
    return net;
  } catch (error) {
    (error as Error).message +=
      '; in a worker: a script of your own that imports "wasm-lstm/worker/script" may register it, see trainInWorker';
    throw error;
  }
}

async function train(job: Job, post: Post): Promise<void> {
  post({ kind: "begun" });
  control = new AbortController();
  if (job.aborted) control.abort();
  const net = modelOf(job);
  const makers = callbacks as unknown as Record<string, (options: object) => Callback>;
  const reports: Callback = { onEpochEnd: (number, logs) => post({ kind: "epoch", number, logs }) };
  if (job.batches) reports.onBatchEnd = (number, logs) => post({ kind: "batch", number, logs });
  const history = await net.fit(arrived(job.x) as never, arrived(job.y) as never, {
    ...Object.fromEntries(Object.entries(job.options).map(([name, value]) => [name, arrived(value)])),
    signal: control.signal,
    callbacks: [...job.callbacks.map(({ name, options }) => makers[name](options)), reports],
  });
  const bytes = net.save({ optimizer: true });
  post({ kind: "done", history, bytes, states: [...net.network.states] }, [bytes.buffer]);
}

const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
const port = node?.parentPort;
const scope = globalThis as unknown as { postMessage(message: unknown, transfer: ArrayBuffer[]): void };
const post: Post = (message, transfer = []) => (port ?? scope).postMessage(message, transfer);

function hear(message: ToWorker): void {
  if (message.kind === "abort") control.abort();
  else {
    train(message, post).catch((error: Error) =>
      post({ kind: "failed", name: error.constructor.name, message: error.message }),
    );
  }
}

if (port) port.on("message", hear);
else globalThis.addEventListener("message", ({ data }) => hear(data));
