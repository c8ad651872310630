/** What loads models from files and predicts: small, and quick to read. */
import { BASE } from "./engine/families/base.generated.ts";
import { type BaseFamily, registerKernels, registerRefusals } from "./engine/kernels.ts";
import { registerGrowthError } from "./engine/memory.ts";
import { countEngine, explainGrowth, explainRefusal } from "./engine/refusals.ts";
import { type Abilities, registerAbilities } from "./models/abilities.ts";
import { predictBatches } from "./models/predict.ts";
import type { OwnMakers } from "./ownMakers.ts";
import { register } from "./registries.ts";

/**
 * @param layers that files may name
 * @param more of what models can do
 * @param kernels that all models need
 */
export function bringPredicting(
  layers: OwnMakers["layers"],
  more: Partial<Abilities>,
  kernels: BaseFamily = BASE,
): void {
  registerRefusals({ countEngine, explainRefusal });
  registerGrowthError(explainGrowth);
  registerKernels(kernels);
  registerAbilities({ predicting: { predictBatches }, ...more });
  register({ layers });
}
