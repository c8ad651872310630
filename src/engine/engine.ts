import { attempt, count, type Family, instantiateKernels, type Kernels, kernelsModule, type Simd } from "./kernels.ts";
import { Memory } from "./memory.ts";
import type { EngineSettings } from "./options.ts";
import type { ModelMemory } from "./room.ts";
import { OneThread, type Parallel } from "./threads/parallel.ts";
import { threading } from "./threads/threading.ts";
import { prefersWideTiles } from "./tiles.ts";

/** A wasm instance and its memory. A model owns one; dropping the model frees everything, its workers too. */
export class Engine {
  readonly memory: Memory;
  kernels: Kernels;
  /** Runs parts of kernels on all threads. */
  parallel: Parallel;
  /** Where others have the same memory. */
  readonly room: ModelMemory | undefined;
  /** Of kernels, see assembly/matmul/scratch.ts. */
  readonly scratch: number;

  /** Of what the kernels were made, for who needs more of them: bring.ts. */
  readonly kind: { simd: Simd; families: readonly Family[] };

  /** @param families of kernels that its layers need beside the base */
  constructor(
    { threads = 1, simd = "baseline", memory: room }: Partial<EngineSettings> = {},
    families: readonly Family[] = [],
  ) {
    const base = room?.base(threads);
    const pooled = threads > 1 ? threading() : undefined;
    const kind = { simd, families };
    const [module, memory, kernels] = attempt(() => {
      const module = (pooled?.sharedKernelsModule ?? kernelsModule)(kind);
      const memory = base?.memory ?? new Memory(pooled?.sharedMemory());
      return [module, memory, instantiateKernels(memory.wasm, module)];
    });
    this.room = room;
    this.kind = kind;
    this.memory = memory;
    this.kernels = kernels;
    if (!base) {
      count(this);
      memory.begin(kernels.memoryBase());
    }
    this.scratch = base?.scratch ?? memory.persist(kernels.scratchSize());
    kernels.useScratch(this.scratch, prefersWideTiles());
    this.parallel = pooled?.startPool(kernels, memory, threads, module) ?? new OneThread(kernels);
  }

  /** A pointer to zeros that stay as long as the owner, or as the engine. */
  take(owner: object, elements: number): number {
    return this.room?.take(owner, elements) ?? this.memory.persist(elements);
  }
}
