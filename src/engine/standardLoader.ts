/** The loader that AssemblyScript has for its modules. */
import { instantiateSync } from "@assemblyscript/loader";
import { bareLoader, registerLoader } from "./kernels.ts";

/** A module of another realm, as edge runtimes and sandboxes have them, is none to the loader: that one needs no loader. */
export function bringLoader(): void {
  registerLoader((module, imports) =>
    module instanceof WebAssembly.Module ? instantiateSync(module, imports) : bareLoader(module, imports),
  );
}
