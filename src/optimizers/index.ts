/** All optimizers, by the name under which they are made and saved. */
export { adam, adamW } from "./adam.ts";
export { rmsprop } from "./rmsprop.ts";
export { sgd } from "./sgd.ts";
