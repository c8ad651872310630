/** A worker, of Node's kind or of browsers'. */
import type { FromWorker, ToWorker } from "./messages.ts";

interface NodeWorker {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  off(event: string, listener: (value: unknown) => void): unknown;
  terminate(): unknown;
}

/** A worker whose script imports `wasm-lstm/worker/script`. */
export type TrainingWorker = Worker | NodeWorker;

export function isWorker(value: unknown): value is TrainingWorker {
  return (
    typeof (value as Worker | null)?.postMessage === "function" && typeof (value as Worker).terminate === "function"
  );
}

/** Starts one with the script of the package. */
export function startWorker(): TrainingWorker {
  const node = globalThis.process?.getBuiltinModule?.("node:worker_threads");
  // The URL counts from this file, and is the same from src/worker and from dist/worker.
  if (node) return new node.Worker(new URL("../../dist/worker/script.js", import.meta.url), { execArgv: [] });
  if (typeof Worker === "undefined") throw new Error("trainInWorker: this runtime has no workers; use fit");
  return new Worker(new URL("../../dist/worker/script.js", import.meta.url), { type: "module" });
}

/**
 * Listens to a worker.
 *
 * @param onEnd is told why nothing more will come
 * @returns stops listening
 */
export function listen(
  worker: TrainingWorker,
  onMessage: (message: FromWorker) => void,
  onEnd: (reason: string) => void,
): () => void {
  if ("on" in worker) {
    const failed = (error: unknown): void => onEnd((error as Error).message);
    const listeners: [string, (value: unknown) => void][] = [
      ["message", value => onMessage(value as FromWorker)],
      ["messageerror", failed],
      ["error", failed],
      ["exit", code => onEnd(`exit code ${code}`)],
    ];
    for (const [event, listener] of listeners) worker.on(event, listener);
    return () => {
      for (const [event, listener] of listeners) worker.off(event, listener);
    };
  }
  const stop = new AbortController();
  const { signal } = stop;
  worker.addEventListener("message", ({ data }) => onMessage(data), { signal });
  worker.addEventListener("messageerror", () => onEnd("a message could not be read"), { signal });
  worker.addEventListener("error", event => onEnd(event.message || "its script could not be loaded"), { signal });
  return () => stop.abort();
}

export function send(worker: TrainingWorker, message: ToWorker, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer);
}
