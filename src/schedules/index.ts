/** All schedules of learning rates, by the name under which they are made and saved, and the types of their options: one line a file. */
export { type CosineDecayOptions, cosineDecay } from "./cosineDecay.ts";
export { type CosineDecayRestartsOptions, cosineDecayRestarts } from "./cosineDecayRestarts.ts";
export { type ExponentialDecayOptions, exponentialDecay } from "./exponentialDecay.ts";
export { type InverseTimeDecayOptions, inverseTimeDecay } from "./inverseTimeDecay.ts";
export { type OneCycleOptions, oneCycle } from "./oneCycle.ts";
export { type PiecewiseConstantDecayOptions, piecewiseConstantDecay } from "./piecewiseConstantDecay.ts";
export { type PolynomialDecayOptions, polynomialDecay } from "./polynomialDecay.ts";
