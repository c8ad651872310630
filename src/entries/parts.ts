/** `wasm-lstm/parts`: in a bundle `part`, `apply` and `applyAll` of models. */
import { registerAbilities } from "../models/abilities.ts";
import { Copies } from "../models/copies.ts";
import { partOf } from "../models/part.ts";

registerAbilities({ parts: { Copies, partOf } });
