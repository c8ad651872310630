/** All schedules of learning rates, by the name under which they are made and saved, and the types of their options: one line a file. */
export { type CosineDecayOptions, cosineDecay } from "./cosineDecay.ts";
export { type ExponentialDecayOptions, exponentialDecay } from "./exponentialDecay.ts";
