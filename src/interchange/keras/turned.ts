/** Where this package and Keras differ, also where a model is the same. */
import type { Layer } from "../../layer/layer.ts";
import { warnOnce } from "../../warn.ts";

/** Says once where predictions of padded sequences are others than Keras'. */
export function tellTurned(caller: string, all: readonly Layer[]): void {
  const option = (layer: Layer, name: string): unknown => (layer.options as Record<string, unknown>)[name];
  const turned = all.find(layer => option(layer, "goBackwards") && option(layer, "returnSequences"));
  if (turned && all.some(layer => layer.kind === "masking" || option(layer, "maskZero")))
    warnOnce(
      `${caller}: layer "${turned.name}": here a mask is turned with the steps, in Keras it is not; predictions of padded sequences differ`,
    );
}
