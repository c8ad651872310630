/** The weights of a graph: new ones, or those of the model whose layers are in it. */
import { titleOf } from "../graph/owner.ts";
import { Parameters } from "../graph/parameters.ts";
import type { Plan } from "../graph/plan.ts";
import { initialize } from "../initializers.ts";
import { describe } from "../ndarray.ts";
import type { Checked } from "../options.ts";
import type { MODEL, ModelOptions } from "./options.ts";

/**
 * @param given as the user did
 * @param join an ability that not every entry has
 * @throws RangeError for settings that the model has whose layers are in the plan
 */
export function parametersFor(
  plan: Plan,
  settings: Checked<typeof MODEL>,
  given: ModelOptions,
  join: () => (plan: Plan, owner: Parameters, seed?: number) => void,
): Parameters {
  const { owner, layers } = plan;
  const { seed, ...computing } = settings;
  if (!(owner instanceof Parameters)) return new Parameters(plan, seed, initialize, computing);
  const isPart = layers.every(layer => layer.owner);
  for (const name of ["seed", "threads", "simd", "memory"] as const) {
    if (given[name] === undefined || (name === "seed" && !isPart)) continue;
    throw new RangeError(
      `model ${name}: expected none, since this is a part of ${titleOf(owner)} and computes as that does, got ` +
        `${describe(given[name])}; leave it out`,
    );
  }
  if (layers.some(layer => layer.owner !== owner)) {
    join()(plan, owner, given.seed === undefined ? undefined : seed);
  }
  return owner;
}
