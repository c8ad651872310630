/** A pool over a memory of its own, with its control block in sight. */
import { instantiateKernels, type Kernels } from "../../../src/engine/kernels.ts";
import { Memory } from "../../../src/engine/memory.ts";
import { controlAt, DONE } from "../../../src/engine/threads/control.ts";
import { Pool } from "../../../src/engine/threads/pool.ts";
import { sharedMemory } from "../../../src/engine/threads/sharedMemory.ts";
import { sharedKernelsModule } from "../../../src/engine/threads/sharedModule.ts";
import { spawnWorker } from "../../../src/engine/threads/spawn.ts";
import type { Thread } from "../../../src/engine/threads/start.ts";

export class PoolRig {
  readonly memory = new Memory(sharedMemory());
  readonly kernels: Kernels = instantiateKernels(this.memory.wasm, sharedKernelsModule());
  readonly workers: Thread[] = [];
  readonly words: Int32Array;
  readonly pool: Pool;

  /** @param own kernels that the calling thread runs instead of the compiled ones */
  constructor(threads: number, own: (rig: PoolRig) => Partial<Kernels> = () => ({}), spawn = spawnWorker) {
    this.memory.begin(this.kernels.memoryBase());
    this.kernels.useScratch(this.memory.persist(this.kernels.scratchSize()), false);
    this.words = controlAt(this.memory.wasm, this.memory.mark()).words;
    this.pool = new Pool({ ...this.kernels, ...own(this) }, this.memory, threads, (start, onEnd) => {
      const worker = spawn(start, onEnd);
      this.workers.push(worker);
      return worker;
    });
  }

  /** For `own`: an `add` that leaves all other parts to the workers, by waiting until `parts` of them are done. */
  addAfterWorkers(parts: number): Partial<Kernels> {
    return {
      add: (y, x, n) => {
        // Nothing else could end a test that waits here: its timer is on this thread.
        const deadline = performance.now() + 30_000;
        while (Atomics.load(this.words, DONE) < parts) {
          if (performance.now() > deadline) throw new Error("the workers have not done their parts");
        }
        this.kernels.add(y, x, n);
      },
    };
  }

  floats(pointer: number, n: number): Float32Array {
    return this.memory.floats.slice(pointer >> 2, (pointer >> 2) + n);
  }

  place(values: ArrayLike<number>): number {
    const pointer = this.memory.allocate(values.length);
    this.memory.floats.set(values, pointer >> 2);
    return pointer;
  }
}

const rigs: PoolRig[] = [];

/** A rig whose workers `endRigs` ends. */
export function rigOf(...args: ConstructorParameters<typeof PoolRig>): PoolRig {
  const rig = new PoolRig(...args);
  rigs.push(rig);
  return rig;
}

export function endRigs(): void {
  for (const rig of rigs.splice(0)) for (const worker of rig.workers) worker.terminate();
}

/** A worker that never comes up. */
export const idle = () => ({ terminate() {} });
