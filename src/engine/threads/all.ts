/** All that it takes to compute by several threads. */
import { expectThreads } from "./count.ts";
import { sharedMemory } from "./sharedMemory.ts";
import { sharedKernelsModule } from "./sharedModule.ts";
import { startPool } from "./startPool.ts";
import type { Threading } from "./threading.ts";

export const threading: Threading = { startPool, expectThreads, sharedKernelsModule, sharedMemory };
