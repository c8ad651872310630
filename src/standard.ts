/** What `import "wasm-lstm"` does: registers kernels, threads, what models can do, and makers by name, but for layers: see everyLayer.ts. */

import { instantiateSync } from "@assemblyscript/loader";
import { hint } from "./closest.ts";
import { BASE } from "./engine/families/base.generated.ts";
import { bareLoader, registerKernels, registerLoader, registerRefusals } from "./engine/kernels.ts";
import { registerGrowthError } from "./engine/memory.ts";
import { expectModelMemory } from "./engine/modelMemory.ts";
import { registerMemory } from "./engine/options.ts";
import { countEngine, explainGrowth, explainRefusal } from "./engine/refusals.ts";
import { expectThreads } from "./engine/threads/count.ts";
import { sharedMemory } from "./engine/threads/sharedMemory.ts";
import { sharedKernelsModule } from "./engine/threads/sharedModule.ts";
import { startPool } from "./engine/threads/startPool.ts";
import { registerThreading } from "./engine/threads/threading.ts";
import { encodeOwn } from "./formats/own.ts";
import { registerHint } from "./hint.ts";
import { registerOperations, registerWeightAccess } from "./layer/layer.ts";
import { Operation } from "./layer/operation.ts";
import * as losses from "./losses/index.ts";
import * as metrics from "./metrics/index.ts";
import { registerAbilities } from "./models/abilities.ts";
import { blueprintOf, expectMetadata } from "./models/blueprint.ts";
import { Copies } from "./models/copies.ts";
import { loadWeights } from "./models/loadWeights.ts";
import { partOf } from "./models/part.ts";
import { predictBatches } from "./models/predict.ts";
import { predictInTurns } from "./models/predictInTurns.ts";
import { restoreTraining } from "./models/restore.ts";
import { expectScaling, scalingFrom } from "./models/scaling.ts";
import { Stream } from "./models/stream.ts";
import { STREAM } from "./models/streamInputs.ts";
import { summarize } from "./models/summary.ts";
import { Training } from "./models/training.ts";
import { accessWeights, layerNamed, readWeights, writeWeights } from "./models/weights.ts";
import * as optimizers from "./optimizers/index.ts";
import { register } from "./registries.ts";
import * as schedules from "./schedules/index.ts";
import { inOrder } from "./training/byName.ts";
import { registerShapeHint } from "./training/data.ts";
import { expectInputs } from "./training/lengths.ts";
import { shapeHint } from "./training/shapeHints.ts";

// A module of another realm, as edge runtimes and sandboxes have them, is none to the loader: that one needs no loader.
registerLoader((module, imports) =>
  module instanceof WebAssembly.Module ? instantiateSync(module, imports) : bareLoader(module, imports),
);
registerHint(hint);
registerShapeHint(shapeHint);
registerRefusals({ countEngine, explainRefusal });
registerGrowthError(explainGrowth);
registerMemory(expectModelMemory);
registerKernels(BASE);
registerOperations((op, options) => new Operation(op, options));
registerWeightAccess(accessWeights);
registerThreading({ startPool, expectThreads, sharedKernelsModule, sharedMemory });
registerAbilities({
  predicting: { predictBatches },
  turns: { predictInTurns },
  training: { Training, restoreTraining },
  weights: { read: readWeights, write: writeWeights, layer: layerNamed, load: loadWeights },
  lengths: { expectInputs },
  streaming: { STREAM, Stream, inOrder },
  saving: { blueprintOf, encodeOwn, expectMetadata },
  scaling: { expectScaling, scalingFrom },
  parts: { Copies, partOf },
  summaries: { summarize },
});
const { meanAbsolutePercentageError: mape, meanSquaredLogarithmicError: msle } = losses;
const { f1Score: f1, r2Score: r2, symmetricMeanAbsolutePercentageError: smape } = metrics;
register({
  losses: { ...losses, mape, msle },
  metrics: { ...metrics, mape: metrics.meanAbsolutePercentageError, smape, f1, r2 },
  optimizers,
  schedules,
});
