/** All metrics, by the name under which they are made and saved: what these files export are makers, and the types of their options. */
export * from "./accuracy.ts";
export * from "./auc.ts";
export * from "./confusion.ts";
export * from "./editDistance.ts";
export * from "./errors.ts";
export * from "./perplexity.ts";
export * from "./r2.ts";
