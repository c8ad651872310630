/** The wasm boundary: one typed interface, generated from the kernels, and one compiled module for all engines. */
import { instantiateSync } from "@assemblyscript/loader";
import { binary } from "./binary.generated.ts";
import type { CompiledKernels } from "./kernels.generated.ts";

export type Kernels = Omit<CompiledKernels, "memory">;

let compiled: WebAssembly.Module | undefined;

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/** The compiled module, made once a process. */
export function kernelsModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(decodeBase64(binary));
  return compiled;
}

/** Kernels over a linear memory. */
export function instantiateKernels(memory: WebAssembly.Memory): Kernels {
  // The instance's own functions: the loader wraps its copies, which costs more than a small kernel does.
  return instantiateSync(kernelsModule(), { env: { memory } }).instance.exports as unknown as Kernels;
}
