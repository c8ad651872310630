/** Everything that is made by name, and how to add to it. */
import { layerRegistry } from "./layers/registry.ts";
import { lossRegistry } from "./losses/registry.ts";
import { metricRegistry } from "./metrics/registry.ts";
import { optimizerRegistry } from "./optimizers/registry.ts";
import { checked } from "./options.ts";
import { OWN_MAKERS, type OwnMakers } from "./ownMakers.ts";
import { addMakers, type Makers, type Registry } from "./registry.ts";
import { scheduleRegistry } from "./schedules/registry.ts";

const registries = {
  layers: layerRegistry,
  losses: lossRegistry,
  metrics: metricRegistry,
  optimizers: optimizerRegistry,
  schedules: scheduleRegistry,
};

type Group = keyof typeof registries;

/**
 * Gives makers their names, for models in files and for `compile`. What `import "wasm-lstm"` does with all of the package's.
 *
 * @param makers by kind and name
 * @throws TypeError for what is no maker, RangeError for a name that is taken
 * @example register({ losses: { pinball }, metrics: { largestError } })
 */
export function register(makers: OwnMakers): void {
  const given = checked(makers, "register", OWN_MAKERS);
  for (const group of Object.keys(registries) as Group[]) {
    addMakers(registries[group] as Registry<unknown>, given[group] as Makers<unknown>);
  }
}
