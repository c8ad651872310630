/** `wasm-lstm/cells`: for `wasm-lstm/inference` all layers that it has not, the other forms of its LSTM and GRU, and cells of your own. */
import "./inference.ts"; // first: what is here adds to it
import { registerMoreKernels } from "./engine/moreKernels.ts";
import { concatenate } from "./layers/concatenate.ts";
import { lambda } from "./layers/lambda.ts";
import { layerNormalization } from "./layers/layerNormalization.ts";
import { missing } from "./layers/missing.ts";
import { operation } from "./layers/operation.ts";
import { indRNN } from "./recurrent/indRnn.ts";
import { minGRU, minLSTM } from "./recurrent/minimal.ts";
import { mLSTM } from "./recurrent/mLstm.ts";
import { rnn } from "./recurrent/rnn.ts";
import { sLSTM } from "./recurrent/sLstm.ts";
import { registerVariants } from "./recurrent/variants.lean.ts";
import * as variants from "./recurrent/variants.ts";
import { register } from "./registries.ts";

registerMoreKernels();
registerVariants(variants);
register({
  layers: {
    concatenate,
    indRNN,
    lambda,
    layerNormalization,
    minGRU,
    minLSTM,
    missing,
    mLSTM,
    operation,
    rnn,
    sLSTM,
  },
});

export type { CellDefinition, CustomCell } from "./cells/defineCell.ts";
export { defineCell } from "./cells/defineCell.ts";
export { type CustomLayerMaker, defineLayer } from "./layers/defineLayer.ts";
export * as ops from "./ops/index.ts";
