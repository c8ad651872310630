/**
 * What a bundle of the main entry has, whatever its program imports: kernels that all models need, what a model does most, and the names
 * of makers that are asked for most. All else comes with what a program imports, see `registerElsewhere` below and everything.ts.
 */
import { registerElsewhere } from "./elsewhere.ts";
import { BASE } from "./engine/families/base.generated.ts";
import { registerKernels, registerRefusals } from "./engine/kernels.ts";
import { registerGrowthError } from "./engine/memory.ts";
import { countEngine, explainGrowth, explainRefusal } from "./engine/refusals.ts";
import { threading } from "./engine/threads/all.ts";
import { registerThreading } from "./engine/threads/threading.ts";
import { encodeOwn } from "./formats/own.ts";
import { registerOperations, registerWeightAccess } from "./layer/layer.ts";
import { Operation } from "./layer/operation.ts";
import { binaryCrossentropy, categoricalCrossentropy, sparseCategoricalCrossentropy } from "./losses/crossentropy.ts";
import * as losses from "./losses/regression.ts";
import { accuracy } from "./metrics/accuracy.ts";
import { meanAbsoluteError, meanSquaredError, rootMeanSquaredError } from "./metrics/errors.ts";
import { registerAbilities } from "./models/abilities.ts";
import { blueprintOf } from "./models/blueprint.ts";
import { expectMetadata } from "./models/metadata.ts";
import { predictBatches } from "./models/predict.ts";
import { predictInTurns } from "./models/predictInTurns.ts";
import { Training } from "./models/training.ts";
import { accessWeights, layerNamed, readWeights, writeWeights } from "./models/weights.ts";
import { adam } from "./optimizers/adam.ts";
import { rmsprop } from "./optimizers/rmsprop.ts";
import { sgd } from "./optimizers/sgd.ts";
import { register } from "./registries.ts";

registerRefusals({ countEngine, explainRefusal });
registerGrowthError(explainGrowth);
registerKernels(BASE);
registerThreading(threading);
registerOperations((op, options) => new Operation(op, options));
registerWeightAccess(accessWeights);
registerAbilities({
  predicting: { predictBatches },
  turns: { predictInTurns },
  training: { Training },
  weights: { read: readWeights, write: writeWeights, layer: layerNamed },
  saving: { blueprintOf, encodeOwn },
  metadata: { expectMetadata },
});
register({
  losses: {
    binaryCrossentropy,
    categoricalCrossentropy,
    meanAbsoluteError: losses.meanAbsoluteError,
    meanSquaredError: losses.meanSquaredError,
    sparseCategoricalCrossentropy,
  },
  metrics: { accuracy, meanAbsoluteError, meanSquaredError, rootMeanSquaredError },
  optimizers: { adam, rmsprop, sgd },
});
registerElsewhere({
  ...Object.fromEntries(
    ["activations", "lengths", "parts", "streaming", "variants"].map(name => [name, `wasm-lstm/${name}`]),
  ),
  ...Object.fromEntries(
    ["files", "losses", "metrics", "optimizers", "scaling", "schedules", "summaries"].map(name => [
      name,
      "wasm-lstm/everything",
    ]),
  ),
});
