/** A macrotask as soon as the runtime has one to give. */
export function nextTurn(): Promise<void> {
  const { setImmediate } = globalThis as { setImmediate?: (action: () => void) => unknown };
  return new Promise(resolve => {
    // Edge runtimes lack both, or have them to throw.
    try {
      if (setImmediate) return void setImmediate(() => resolve());
    } catch {}
    try {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      return port2.postMessage(0);
    } catch {}
    setTimeout(resolve, 0);
  });
}
