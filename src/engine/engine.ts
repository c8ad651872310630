import { warnOnce } from "../warn.ts";
import { attempt, count, type Family, instantiateKernels, type Kernels, kernelsModule, type Simd } from "./kernels.ts";
import { Memory } from "./memory.ts";
import type { EngineSettings } from "./options.ts";
import { OneThread, type Parallel } from "./threads/parallel.ts";
import { type Threading, threading } from "./threads/threading.ts";
import { prefersWideTiles } from "./tiles.ts";

/** A wasm instance and its memory. A model owns one; dropping the model frees everything, its workers too. */
export class Engine {
  readonly memory: Memory;
  kernels: Kernels;
  /** Runs parts of kernels on all threads. */
  readonly parallel: Parallel;

  /** Of what the kernels were made, for who needs more of them: bring.ts. */
  readonly kind: { simd: Simd; families: readonly Family[] };

  /** @param families of kernels that its layers need beside the base */
  constructor({ threads = 1, simd = "baseline" }: Partial<EngineSettings> = {}, families: readonly Family[] = []) {
    const pooled = threads > 1 ? threading() : undefined;
    const kind = { simd, families };
    const module = attempt(() => (pooled ? pooled.sharedKernelsModule(kind) : kernelsModule(kind)));
    this.memory = attempt(() => new Memory(pooled?.sharedMemory()));
    this.kernels = attempt(() => instantiateKernels(this.memory.wasm, module));
    count(this);
    this.memory.begin(this.kernels.memoryBase());
    this.kind = kind;
    this.kernels.useScratch(this.memory.persist(this.kernels.scratchSize()), prefersWideTiles());
    this.parallel = pooled ? this.#pool(pooled, threads, module) : new OneThread(this.kernels);
  }

  #pool({ Pool }: Threading, threads: number, module: WebAssembly.Module): Parallel {
    try {
      return new Pool(this.kernels, this.memory, threads, undefined, module);
    } catch (error) {
      warnOnce(`threads: ${threads} asked for, 1 used: no worker could be made (${(error as Error).message})`);
      return new OneThread(this.kernels);
    }
  }
}
