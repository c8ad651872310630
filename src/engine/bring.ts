/** Kernels that a model did not need when it was made: of its loss, of its optimizer. */
import type { Engine } from "./engine.ts";
import { attempt, type Family, instantiateKernels, kernelsModule } from "./kernels.ts";
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
