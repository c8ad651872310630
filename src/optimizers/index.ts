/** All optimizers, by the name under which they are made and saved, and the types of their options: one line a file. */
export { type AdamOptions, type AdamWOptions, adam, adamW } from "./adam.ts";
export { type RmspropOptions, rmsprop } from "./rmsprop.ts";
export { type SgdOptions, sgd } from "./sgd.ts";
