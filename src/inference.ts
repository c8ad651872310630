/**
 * `wasm-lstm/inference`: models from files, which predict and stream. A small entry by itself: it shares nothing with `wasm-lstm`. Beside what
 * is here, a file may need `wasm-lstm/cells` or `wasm-lstm/scaling`; an error says so.
 */

import { bringPredicting } from "./predicting.ts";

// In this order code compresses best, of what is read one after the other.

import { registerElsewhere } from "./elsewhere.ts";
import { LAYER_NAMES } from "./layers/names.generated.ts";
import { Stream } from "./models/stream.ts";
import { STREAM } from "./models/streamInputs.ts";

// Layers last.

import { activation } from "./layers/activation.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { embedding } from "./layers/embedding.ts";
import { bidirectional, gru, masking, simpleRNN, timeDistributed } from "./moreLayers.ts";
import { lstm } from "./recurrent/lstm.ts";

bringPredicting(
  { activation, bidirectional, dense, dropout, embedding, gru, lstm, masking, simpleRNN, timeDistributed },
  { streaming: { STREAM, Stream } },
);
registerElsewhere({
  ...Object.fromEntries(LAYER_NAMES.map(name => [name, "wasm-lstm/cells"])),
  activations: "wasm-lstm/cells",
  scaling: "wasm-lstm/scaling",
  variants: "wasm-lstm/cells",
});

export { type LoadOptions, loadModel } from "./models/load.ts";
export type { Model, PredictOptions } from "./models/model.ts";
export type { Stream, StreamOptions, StreamState } from "./models/stream.ts";
export { type ArrayData, type ArrayLike32, type NDArray, type NestedArray, ndarray } from "./ndarray.ts";
export type { Inputs, PaddedInputs } from "./training/data.ts";
