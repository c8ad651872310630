/** A macrotask as soon as the runtime has one to give. */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (action: () => void) => unknown };
  return new Promise(resolve => {
    try {
      if (setImmediate) return void setImmediate(() => resolve());
    } catch {} // some edge runtimes have functions of Node that throw
    if (typeof MessageChannel === "undefined") return void setTimeout(resolve, 0);
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}
