import { warnOnce } from "../../warn.ts";
import type { Kernels } from "../kernels.ts";
import type { Memory } from "../memory.ts";
import { Pool } from "./pool.ts";

/** A pool; undefined where no worker can be made, which is said once. */
export function startPool(
  kernels: Kernels,
  memory: Memory,
  threads: number,
  module: WebAssembly.Module,
): Pool | undefined {
  try {
    return new Pool(kernels, memory, threads, undefined, module);
  } catch (error) {
    warnOnce(`threads: ${threads} asked for, 1 used: no worker could be made (${(error as Error).message})`);
    return undefined;
  }
}
