/** Gives the event loop its turn now and then, so that a page or a server lives on while a model trains. */

const BUDGET_MS = 25;

/** A macrotask as soon as the runtime has one to give. */
function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (action: () => void) => unknown };
  if (setImmediate) return new Promise(resolve => setImmediate(() => resolve()));
  if (typeof MessageChannel === "undefined") return new Promise(resolve => setTimeout(resolve, 0)); // edge runtimes
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

export class Yielder {
  #last = performance.now();

  /** Waits for a turn of the event loop if the last one is too long ago. */
  async due(): Promise<void> {
    if (performance.now() - this.#last < BUDGET_MS) return;
    await nextTurn();
    this.#last = performance.now();
  }
}
