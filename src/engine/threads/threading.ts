/** How several threads compute, where an entry has brought that: one without has one thread, and says so. */
import type { expectThreads } from "./count.ts";
import type { sharedKernelsModule } from "./sharedModule.ts";
import type { startPool } from "./startPool.ts";

export interface Threading {
  startPool: typeof startPool;
  expectThreads: typeof expectThreads;
  sharedKernelsModule: typeof sharedKernelsModule;
  sharedMemory(): WebAssembly.Memory;
}

let registered: Threading | undefined;

export function registerThreading(threading: Threading): void {
  registered = threading;
}

export function threading(): Threading | undefined {
  return registered;
}
