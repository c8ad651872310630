/** The forms of the LSTM and the GRU beside the plain ones, where an entry has brought them: they are rare, and large. */
import { elsewhere } from "../elsewhere.ts";
import type * as Variants from "./everyVariant.ts";
import { PLAIN } from "./run/lstmGates.ts";

let full: typeof Variants | undefined;

export function registerVariants(variants: typeof Variants): void {
  full = variants;
}

export const lstmFamily: typeof Variants.lstmFamily = (...args) => full?.lstmFamily(...args) ?? PLAIN;
export const lstmFamilies: typeof Variants.lstmFamilies = options => full?.lstmFamilies(options);
export const layerNormGruFamilies: typeof Variants.layerNormGruFamilies = options =>
  full?.layerNormGruFamilies(options);
export const variantFrame: typeof Variants.variantFrame = options => full?.variantFrame(options) ?? {};
export const bindExtra: typeof Variants.bindExtra = (...args) => full?.bindExtra(...args) ?? args[1];
export const compileExtra: typeof Variants.compileExtra = (...args) => full?.compileExtra(...args) ?? {};

/** Those that only a cell asks for that `expectVariant` has let through. */
const there = () => full as typeof Variants;
export const peepholeWeight: typeof Variants.peepholeWeight = (...args) => there().peepholeWeight(...args);
export const projectionWeight: typeof Variants.projectionWeight = (...args) => there().projectionWeight(...args);
export const layerNormGruCell: typeof Variants.layerNormGruCell = (...args) => there().layerNormGruCell(...args);
export const layerNormLstmCell: typeof Variants.layerNormLstmCell = (...args) => there().layerNormLstmCell(...args);

const OPTIONS = ["layerNorm", "peephole", "coupledGates", "projection", "cellActivation", "cellClip", "clip"] as const;

/** Refuses options whose code is not there. */
export function expectVariant(title: string, settings: object): void {
  const { inputGate, ...others } = settings as { inputGate?: string } & Partial<
    Record<(typeof OPTIONS)[number], unknown>
  >;
  const option = inputGate === "squared" ? "inputGate" : OPTIONS.find(name => others[name]);
  if (option && !full) {
    throw new Error(
      `${title} ${option}: this entry of the package has the plain cell alone; import "${elsewhere("variants")}" too`,
    );
  }
}
