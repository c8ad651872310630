// A shared memory never moves, so all the addresses it may ever need are reserved at once: as many as there are.
const MAXIMA = [65536, 32768, 16384, 4096];

/** A memory for several threads. */
export function sharedMemory(): WebAssembly.Memory {
  let refusal: unknown;
  for (const maximum of MAXIMA) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}
