/**
 * Starts a worker in whatever the runtime offers. Its code comes along as text, since bundlers do not know of a file of it.
 * Edge runtimes have no workers: their builds take spawn.edge.ts in the place of this file.
 */
import { controlAt, hasStarted } from "./control.ts";
import type { Spawn } from "./start.ts";
import { workerSource } from "./workerSource.generated.ts";

/** Why there can be no workers here, and what to do; undefined if there can be. */
export function workersObstacle(): string | undefined {
  const there = globalThis.process?.getBuiltinModule !== undefined || typeof Worker !== "undefined";
  return there ? undefined : "this runtime has no workers; use Node.js 20.16 or later, Deno, Bun or a browser";
}

/**
 * A worker, which does not keep the process alive.
 *
 * @throws Error where the runtime has no workers
 */
export const spawnWorker: Spawn = (start, onEnd) => {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  if (!node) return spawnInBrowser(start, onEnd);
  // The options of the process, such as loaders, are none of the worker's business.
  const worker = new node.Worker(workerSource, { eval: true, workerData: start, execArgv: [] });
  worker.on("error", error => onEnd(error.message));
  worker.on("exit", code => onEnd(`exit code ${code}`));
  worker.unref();
  return worker;
};

let blob: string | undefined;

/** From a file first: a strict Content-Security-Policy allows nothing else. Where there is none, from the text. */
const spawnInBrowser: Spawn = (start, onEnd) => {
  if (typeof Worker === "undefined") throw new Error("this runtime has no workers");
  const begin = (worker: Worker, onError: (reason: string) => void): Worker => {
    worker.onerror = event => {
      event.preventDefault(); // it is told by `onEnd`, once
      onError(event.message || "its script could not be loaded");
    };
    worker.postMessage(start);
    return worker;
  };
  const fromText = (): Worker => {
    blob ??= URL.createObjectURL(new Blob([workerSource], { type: "text/javascript" }));
    return begin(new Worker(blob), onEnd);
  };
  const onError = (reason: string): void => {
    if (ended) return;
    const { words } = controlAt(start.memory, start.pointer);
    try {
      if (hasStarted(words, start.worker)) onEnd(reason);
      else worker = fromText();
    } catch (error) {
      onEnd((error as Error).message);
    }
  };
  let ended = false;
  let worker: Worker;
  try {
    // The URL counts from this file, and is the same from src/engine/threads and from dist/engine/threads.
    const file = new Worker(new URL("../../../dist/engine/threads/worker.js", import.meta.url), { type: "module" });
    worker = begin(file, onError);
  } catch {
    worker = fromText(); // a bundle that is no module has no URL
  }
  return {
    terminate() {
      ended = true;
      worker.terminate();
    },
  };
};
