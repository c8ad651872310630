/** The forms of the LSTM and the GRU beside the plain ones, for variants.ts. */
export { layerNormGruCell, layerNormGruFamilies, layerNormLstmCell } from "./normalized.ts";
export { bindExtra, compileExtra } from "./run/extraWeights.ts";
export { lstmFamilies, lstmFamily, peepholeWeight, projectionWeight, variantFrame } from "./run/lstmVariant.ts";
