/** What loads models from files and predicts, with the layers that most of them have: small, and quick to read. */
import { BASE } from "./engine/families/base.generated.ts";
import { type BaseFamily, registerKernels, registerRefusals } from "./engine/kernels.ts";
import { registerGrowthError } from "./engine/memory.ts";
import { countEngine, explainGrowth, explainRefusal } from "./engine/refusals.ts";
import { activation } from "./layers/activation.ts";
import { dense } from "./layers/dense.ts";
import { dropout } from "./layers/dropout.ts";
import { embedding } from "./layers/embedding.ts";
import { masking } from "./layers/masking.ts";
import { timeDistributed } from "./layers/timeDistributed.ts";
import { type Abilities, registerAbilities } from "./models/abilities.ts";
import { predictBatches } from "./models/predict.ts";
import { bidirectional } from "./recurrent/bidirectional.ts";
import { gru } from "./recurrent/gru.ts";
import { lstm } from "./recurrent/lstm.ts";
import { simpleRNN } from "./recurrent/simpleRnn.ts";
import { register } from "./registries.ts";

/**
 * @param more of what models can do
 * @param kernels that all models need
 */
export function bringPredicting(more: Partial<Abilities>, kernels: BaseFamily = BASE): void {
  registerRefusals({ countEngine, explainRefusal });
  registerGrowthError(explainGrowth);
  registerKernels(kernels);
  registerAbilities({ predicting: { predictBatches }, ...more });
  register({
    layers: { activation, bidirectional, dense, dropout, embedding, gru, lstm, masking, simpleRNN, timeDistributed },
  });
}
