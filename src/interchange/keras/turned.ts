/** Where this package and Keras differ, also where a model is the same. */
import type { Layer } from "../../layer/layer.ts";
import { warnOnce } from "../../warn.ts";

/** Says once where predictions of padded sequences are others than Keras'. */
export function tellTurned(caller: string, all: readonly Layer[]): void {
  const has = (name: string) => (layer: Layer) => Boolean((layer.options as Record<string, unknown>)[name]);
  const turned = all.find(layer => has("goBackwards")(layer) && has("returnSequences")(layer));
  if (turned && all.some(layer => layer.kind === "masking" || has("maskZero")(layer)))
    warnOnce(
      `${caller}: layer "${turned.name}": here a mask is turned with the steps, in Keras it is not; predictions of padded sequences differ`,
    );
}
