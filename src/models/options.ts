import { ENGINE, type EngineOptions } from "../engine/options.ts";
import { type Input, optional, options, seed } from "../options.ts";

const OWN = options({
  /** Of initial weights, dropout and shuffling; default 0. The same seed gives the same bits everywhere. */
  seed: optional(seed, 0),
});

export interface ModelOptions extends Input<typeof OWN>, EngineOptions {}

export const MODEL = { ...OWN, ...ENGINE };
