/** What `import "wasm-lstm"` does where no bundler makes a program smaller: it brings all there is. */
import { instantiateSync } from "@assemblyscript/loader";
import "./common.ts";
import { toSVG } from "./curves/svg.ts";
import { bareLoader, registerLoader } from "./engine/kernels.ts";
import { bringEveryLayer } from "./everyLayer.ts";
import { registerDrawing } from "./training/history.ts";

// A module of another realm, as edge runtimes and sandboxes have them, is none to the loader: that one needs no loader.
registerLoader((module, imports) =>
  module instanceof WebAssembly.Module ? instantiateSync(module, imports) : bareLoader(module, imports),
);
bringEveryLayer();
registerDrawing(toSVG);
