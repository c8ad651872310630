/** Layers of the entry `inference` that Node reads when a file names one: see start.ts. */
export { masking } from "./layers/masking.ts";
export { timeDistributed } from "./layers/timeDistributed.ts";
export { bidirectional } from "./recurrent/bidirectional.ts";
export { gru } from "./recurrent/gru.ts";
export { simpleRNN } from "./recurrent/simpleRnn.ts";
