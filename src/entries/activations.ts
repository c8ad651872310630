/** `wasm-lstm/activations`: in a bundle the activations of layers beside those that all models have, by name. */
import { registerActivations } from "../activations.ts";
import { moreActivation } from "../ops/moreActivations.ts";

registerActivations(moreActivation);
