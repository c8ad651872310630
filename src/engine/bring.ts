/** Kernels that a model did not need when it was made: of its loss, of its optimizer. */
import type { Engine } from "./engine.ts";
import { attempt, type Family, instantiateKernels, kernelsModule } from "./kernels.ts";
import { OneThread } from "./threads/parallel.ts";
import { threading } from "./threads/threading.ts";
import { prefersWideTiles } from "./tiles.ts";

/**
 * Makes sure that an engine has the kernels of some families: if not, another instance over the same memory and scratch takes
 * over.
 */
export function bring(engine: Engine, families: readonly Family[]): void {
  const { kind, memory } = engine;
  if (families.every(family => kind.families.includes(family))) return;
  const all = { simd: kind.simd, families: [...new Set([...kind.families, ...families])] };
  const isShared = typeof SharedArrayBuffer !== "undefined" && memory.wasm.buffer instanceof SharedArrayBuffer;
  const pooled = isShared ? threading() : undefined;
  const module = attempt(() => (pooled ? pooled.sharedKernelsModule(all) : kernelsModule(all)));
  engine.kernels = attempt(() => instantiateKernels(memory.wasm, module));
  engine.kernels.useScratch(engine.scratch, prefersWideTiles());
  kind.families = all.families;
}

/** The same for kernels that run on all threads: workers have those that there were when they began, so others take over. */
export function bringToAll(engine: Engine, families: readonly Family[]): void {
  const { kind, memory, parallel } = engine;
  if (families.every(family => kind.families.includes(family))) return;
  bring(engine, families);
  const pool = parallel.threads > 1 ? threading() : undefined;
  engine.parallel =
    pool?.startPool(engine.kernels, memory, parallel.threads, pool.sharedKernelsModule(kind)) ??
    new OneThread(engine.kernels);
}
