/** `wasm-lstm/scaling`: for `wasm-lstm/inference` the scalers inside of models, so that these take and give raw units. */
import { registerAbilities } from "./models/abilities.ts";
import { expectScaling, scalingFrom } from "./models/scaling.ts";

registerAbilities({ scaling: { expectScaling, scalingFrom } });

export { minMaxScaler, scalerFromJSON, standardScaler } from "./data/scaling.ts";
