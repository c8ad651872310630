/**
 * Starts a worker in whatever the runtime offers. An entry of the build of its own: the worker's URL counts from this
 * file, and is the same from src/engine/threads and from dist/engine/threads.
 */

/** What a worker is sent. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  /** Of the control block. */
  readonly pointer: number;
  /** Of the instance's own scratch, see assembly/matmul/scratch.ts. */
  readonly scratch: number;
  readonly wideTiles: boolean;
  /** Which worker of the pool it is, from 0. */
  readonly worker: number;
}

export interface Thread {
  terminate(): unknown;
}

/** Starts a worker; `onEnd` is told why, should it ever end. */
export type Spawn = (start: Start, onEnd: (reason: string) => void) => Thread;

/**
 * A worker, which does not keep the process alive.
 *
 * @throws Error where the runtime has no workers
 */
export const spawnWorker: Spawn = (start, onEnd) => {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (node) {
    const url = new URL("../../../dist/engine/threads/worker.js", import.meta.url);
    // The options of the process, such as loaders, are none of the worker's business.
    const worker = new node.Worker(url, { workerData: start, execArgv: [] });
    worker.on("error", error => onEnd(error.message));
    worker.on("exit", code => onEnd(`exit code ${code}`));
    worker.unref();
    return worker;
  }
  if (typeof Worker === "undefined") throw new Error("this runtime has no workers");
  const worker = new Worker(new URL("../../../dist/engine/threads/worker.js", import.meta.url), { type: "module" });
  worker.onerror = event => onEnd(event.message || "its script could not be loaded");
  worker.postMessage(start);
  return worker;
};
