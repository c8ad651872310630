/**
 * `wasm-lstm/inference`: models from files, which predict and stream. A small entry by itself: it shares nothing with `wasm-lstm`. Beside what
 * is here, a file may need `wasm-lstm/cells` or `wasm-lstm/scaling`; an error says so.
 */
import { registerElsewhere } from "./elsewhere.ts";
import { BASE } from "./engine/families/base.generated.ts";
import { registerKernels, registerRefusals } from "./engine/kernels.ts";
import { registerGrowthError } from "./engine/memory.ts";
import { countEngine, explainGrowth, explainRefusal } from "./engine/refusals.ts";
import { activation } from "./layers/activation.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { embedding } from "./layers/embedding.ts";
import { masking } from "./layers/masking.ts";
import { LAYER_NAMES } from "./layers/names.generated.ts";
import { timeDistributed } from "./layers/timeDistributed.ts";
import { registerAbilities } from "./models/abilities.ts";
import { predictBatches } from "./models/predict.ts";
import { Stream } from "./models/stream.ts";
import { STREAM } from "./models/streamInputs.ts";
import { bidirectional } from "./recurrent/bidirectional.ts";
import { gru } from "./recurrent/gru.ts";
import { lstm } from "./recurrent/lstm.ts";
import { simpleRNN } from "./recurrent/simpleRnn.ts";
import { register } from "./registries.ts";

registerRefusals({ countEngine, explainRefusal });
registerGrowthError(explainGrowth);
registerKernels(BASE);
registerAbilities({ predicting: { predictBatches }, streaming: { STREAM, Stream } });
register({
  layers: { activation, bidirectional, dense, dropout, embedding, gru, lstm, masking, simpleRNN, timeDistributed },
});
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
