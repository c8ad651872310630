/** All losses, by the name under which they are made and saved: what these files export are makers, and the types of their options. */
export * from "./cosineSimilarity.ts";
export * from "./crossentropy.ts";
export { type CtcOptions, ctc } from "./ctc.ts";
export * from "./distributions.ts";
export * from "./focal.ts";
export * from "./pointwise.ts";
export * from "./regression.ts";
