/**
 * The forms of the LSTM and the GRU beside the plain ones. What is built for predictions alone has variants.lean.ts in the place of this
 * file, and gets these when they are asked for.
 */
export { layerNormGruCell, layerNormLstmCell } from "./normalized.ts";
export { bindExtra, compileExtra } from "./run/extraWeights.ts";
export { lstmFamily, peepholeWeight, projectionWeight, variantFrame } from "./run/lstmVariant.ts";

/** Refuses options whose code is not there; here all is. */
export function expectVariant(_title: string, _settings: object): void {}
