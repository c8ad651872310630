import { warnOnce } from "../warn.ts";
import { instantiateKernels, type Kernels, kernelsModule } from "./kernels.ts";
import { Memory } from "./memory.ts";
import type { EngineSettings } from "./options.ts";
import { OneThread, type Parallel } from "./threads/parallel.ts";
import { Pool } from "./threads/pool.ts";
import { sharedKernelsModule } from "./threads/sharedModule.ts";

/** A wasm instance and its memory. A model owns one; dropping the model frees everything, its workers too. */
export class Engine {
  readonly memory: Memory;
  readonly kernels: Kernels;
  /** Runs parts of kernels on all threads. */
  readonly parallel: Parallel;

  constructor({ threads = 1, simd = "baseline" }: Partial<EngineSettings> = {}) {
    const shared = threads > 1;
    this.memory = new Memory({ shared });
    const module = shared ? sharedKernelsModule(simd) : kernelsModule(simd);
    this.kernels = instantiateKernels(this.memory.wasm, module);
    this.memory.begin(this.kernels.memoryBase());
    this.kernels.useScratch(this.memory.persist(this.kernels.scratchSize()));
    this.parallel = shared ? this.#pool(threads, module) : new OneThread(this.kernels);
  }

  #pool(threads: number, module: WebAssembly.Module): Parallel {
    try {
      return new Pool(this.kernels, this.memory, threads, undefined, module);
    } catch (error) {
      warnOnce(`threads: ${threads} asked for, 1 used: no worker could be made (${(error as Error).message})`);
      return new OneThread(this.kernels);
    }
  }
}
