/** Layer normalization inside of cells, as an option of their layers. */
import { boolean, type Checked, number, optional, options } from "../options.ts";

export const LAYER_NORM = options({
  /**
   * With `layerNorm`: added to variances; default 1e-3. While c and h are 0, at steps of zeros that begin a sequence, a
   * gradient grows up to 1 / (4·layerNormEpsilon)-fold a step; it is cut at 1e15. Better hide such steps
   */
  layerNormEpsilon: optional(number(1e-12)),
});

const FLAG = options({ layerNorm: optional(boolean, false) });

type Settings = Checked<typeof LAYER_NORM> & Checked<typeof FLAG>;

/** Settings in which the epsilon is there if, and only if, it is used. */
export function withEpsilon<S extends Settings>(settings: S, title: string): S {
  const { layerNorm, layerNormEpsilon } = settings;
  if (layerNorm) return { ...settings, layerNormEpsilon: layerNormEpsilon ?? 1e-3 };
  if (layerNormEpsilon === undefined) return settings;
  throw new RangeError(
    `${title} layerNormEpsilon: expected layerNorm: true beside it, got false; without normalization leave it out`,
  );
}
