/** All constraints, by the name under which they are made and saved: one line a file. */
export { nonNeg } from "./nonNeg.ts";
export { type MaxNormOptions, maxNorm, type UnitNormOptions, unitNorm } from "./norms.ts";
