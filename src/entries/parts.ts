/** `wasm-lstm/parts`: in a bundle `part`, `apply` and `applyAll` of models, and models with layers of others. */
import { registerAbilities } from "../models/abilities.ts";
import { PARTS } from "../models/parts.ts";

registerAbilities({ parts: PARTS });
