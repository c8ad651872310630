import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { dropout } from "../ops/dropout.ts";
import { type Checked, fraction, type Input, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** The part of the features that is set to 0 while training, in [0, 1) */
  rate: fraction,
});

export interface SpatialDropout1DOptions extends Input<typeof OPTIONS>, LayerOptions {}

class SpatialDropout1D extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "spatialDropout1D";

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length === 2) return [shape];
    throw new RangeError(
      `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; without steps use layers.dropout`,
    );
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [dropout(context, x, this.options.rate, this.stream, true)];
  }

  override compileStep(_program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [x];
  }
}

/**
 * Dropout of whole features: while training, a random part of them is 0 at all steps of a sequence, and the rest is scaled up.
 * [N, T, C] -> [N, T, C].
 *
 * @throws RangeError unless 0 <= rate < 1
 * @example layers.spatialDropout1D({ rate: 0.2 })
 */
export function spatialDropout1D(options: SpatialDropout1DOptions): Layer {
  return new SpatialDropout1D(layerSettings(options, "spatialDropout1D", OPTIONS));
}
