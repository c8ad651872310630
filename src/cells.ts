/** `wasm-lstm/cells`: for `wasm-lstm/inference` all layers that it has not, the other forms of its LSTM and GRU, and cells of your own. */
import "./inference.ts"; // first: what is here adds to it
import { registerActivations } from "./activations.ts";
import { registerMoreKernels } from "./engine/moreKernels.ts";
import * as layers from "./layers/index.ts";
import { moreActivation } from "./ops/moreActivations.ts";
import * as variants from "./recurrent/everyVariant.ts";
import { registerVariants } from "./recurrent/variants.ts";
import { register } from "./registries.ts";

registerMoreKernels();
registerVariants(variants);
registerActivations(moreActivation);
register({ layers });

export type { CellDefinition, CustomCell } from "./cells/defineCell.ts";
export { defineCell } from "./cells/defineCell.ts";
export { type CustomLayerMaker, defineLayer } from "./layers/defineLayer.ts";
export * as ops from "./ops/index.ts";
