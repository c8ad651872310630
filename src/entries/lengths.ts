/** `wasm-lstm/lengths`: in a bundle sequences of unequal length as data: lists of them, and `{ x, lengths }`. */
import { registerAbilities } from "../models/abilities.ts";
import { expectInputs } from "../training/lengths.ts";

registerAbilities({ lengths: { expectInputs } });
