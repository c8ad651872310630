/** `wasm-lstm/variants`: in a bundle the forms of the LSTM and the GRU beside the plain ones. */
import * as variants from "../recurrent/everyVariant.ts";
import { registerVariants } from "../recurrent/variants.ts";

registerVariants(variants);
