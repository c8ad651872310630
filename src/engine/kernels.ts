/** The wasm boundary: one typed interface, generated from the kernels, and one compiled module of a kind for all engines. */
import { bytesOf } from "./binaryText.ts";
import type { CompiledKernels } from "./kernels.generated.ts";

export type Kernels = Omit<CompiledKernels, "memory">;

/** The builds of the kernels: "baseline" gives the same bits everywhere; "relaxed" may be faster, see src/relaxed.ts. */
export type Simd = "baseline" | "relaxed";

/** Empty until an entry fills it, so that no entry carries a binary that it does not want. */
const binaries = new Map<Simd, string>();
const compiled = new Map<Simd, WebAssembly.Module>();

/** Adds a build of the kernels, as text. */
export function registerBinary(simd: Simd, text: string): void {
  binaries.set(simd, text);
}

/** The bytes of a build; undefined if it was never registered. */
export function registeredBinary(simd: Simd): Uint8Array<ArrayBuffer> | undefined {
  const text = binaries.get(simd);
  return text === undefined ? undefined : bytesOf(text);
}

/** The bytes of a module that must be there. */
export function kernelsBinary(simd: Simd = "baseline"): Uint8Array<ArrayBuffer> {
  const bytes = registeredBinary(simd);
  if (!bytes) {
    const entry = simd === "baseline" ? "wasm-lstm" : `wasm-lstm/${simd}`;
    throw new Error(`kernels: the build "${simd}" was not registered; import "${entry}" before you make a model`);
  }
  return bytes;
}

/** The compiled module, made once a process. */
export function kernelsModule(simd: Simd = "baseline"): WebAssembly.Module {
  const module = compiled.get(simd) ?? new WebAssembly.Module(kernelsBinary(simd));
  compiled.set(simd, module);
  return module;
}

/** What an entry may add: to count engines, and to explain why there cannot be one. */
interface Refusals {
  countEngine(engine: object): void;
  explainRefusal(error: unknown): unknown;
}

let refusals: Refusals | undefined;

export function registerRefusals(given: Refusals): void {
  refusals = given;
}

/** Does what a runtime may refuse. */
export function attempt<Result>(action: () => Result): Result {
  try {
    return action();
  } catch (error) {
    throw refusals ? refusals.explainRefusal(error) : error;
  }
}

export function count(engine: object): void {
  refusals?.countEngine(engine);
}

/** Makes an instance of a module. */
export type Loader = (
  module: WebAssembly.Module,
  imports: { env: { memory: WebAssembly.Memory } },
) => { instance: WebAssembly.Instance };

export const bareLoader: Loader = (module, imports) => ({ instance: new WebAssembly.Instance(module, imports) });

let loader = bareLoader;

/** Another way to make instances than the bare one. */
export function registerLoader(given: Loader): void {
  loader = given;
}

/** Kernels over a linear memory, which is shared if the module wants that. */
export function instantiateKernels(memory: WebAssembly.Memory, module = kernelsModule()): Kernels {
  // The instance's own functions: the loader wraps its copies, which costs more than a small kernel does.
  return loader(module, { env: { memory } }).instance.exports as unknown as Kernels;
}
