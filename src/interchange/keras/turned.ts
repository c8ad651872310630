/** Where this package and Keras differ, also where a model is the same. */
import type { Layer } from "../../layer/layer.ts";
import { warnOnce } from "../../warn.ts";

const option = (layer: Layer, name: string): unknown => (layer.options as Record<string, unknown>)[name];

/** Whether some layer hides steps. */
export const hides = (all: readonly Layer[]): boolean =>
  all.some(layer => layer.kind === "masking" || option(layer, "maskZero"));

/** Says once where predictions of padded sequences are others than Keras'. */
export function tellTurned(caller: string, all: readonly Layer[]): void {
  const turned = all.find(layer => option(layer, "goBackwards") && option(layer, "returnSequences"));
  if (turned && hides(all))
    warnOnce(
      `${caller}: layer "${turned.name}": here a mask is turned with the steps, in Keras it is not; predictions of padded sequences differ`,
    );
}
