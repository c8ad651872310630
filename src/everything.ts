/**
 * All that models can do and all names but those of layers: what the main entry has where no bundler makes a program smaller, and what comes
 * with `loadModel`, since a file may name any, or with `wasm-lstm/everything`.
 */
import { registerActivations } from "./activations.ts";
import { hint } from "./closest.ts";
import { constraintRegistry } from "./constraints/constraint.ts";
import * as constraints from "./constraints/index.ts";
import { registerElsewhere } from "./elsewhere.ts";
import { registerHint } from "./hint.ts";
import * as losses from "./losses/index.ts";
import * as metrics from "./metrics/index.ts";
import { registerAbilities } from "./models/abilities.ts";
import { loadWeights } from "./models/loadWeights.ts";
import { PARTS } from "./models/parts.ts";
import { restoreTraining } from "./models/restore.ts";
import { expectScaling, scalingFrom } from "./models/scaling.ts";
import { Stream } from "./models/stream.ts";
import { STREAM } from "./models/streamInputs.ts";
import { summarize } from "./models/summary.ts";
import { Training } from "./models/training.ts";
import { moreActivation } from "./ops/moreActivations.ts";
import * as optimizers from "./optimizers/index.ts";
import * as variants from "./recurrent/everyVariant.ts";
import { registerVariants } from "./recurrent/variants.ts";
import { register } from "./registries.ts";
import { addMakers } from "./registry.ts";
import * as regularizers from "./regularizers/index.ts";
import { regularizerRegistry } from "./regularizers/regularizer.ts";
import { arrive } from "./rest.ts";
import * as schedules from "./schedules/index.ts";
import { inOrder } from "./training/byName.ts";
import { registerShapeHint } from "./training/data.ts";
import { expectInputs } from "./training/lengths.ts";
import { shapeHint } from "./training/shapeHints.ts";

export function bringEverything(): void {
  if (!arrive()) return;
  registerElsewhere({});
  registerHint(hint);
  registerShapeHint(shapeHint);
  registerVariants(variants);
  registerActivations(moreActivation);
  registerAbilities({
    lengths: { expectInputs },
    training: { Training, restoreTraining },
    streaming: { STREAM, Stream, inOrder },
    files: { loadWeights },
    scaling: { expectScaling, scalingFrom },
    parts: PARTS,
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
  addMakers(regularizerRegistry, regularizers);
  addMakers(constraintRegistry, constraints);
}
