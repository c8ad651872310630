import type { Context } from "../context.ts";
import { Layer } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { dropout as dropoutOp } from "../ops/dropout.ts";
import { type Checked, fraction, type Input, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** The part of the numbers that is set to 0 while training, in [0, 1) */
  rate: fraction,
});

export interface DropoutOptions extends Input<typeof OPTIONS>, LayerOptions {}

class Dropout extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "dropout";

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    return [inputs[0]];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [dropoutOp(context, x, this.options.rate, this.stream)];
  }

  override compileStep(_program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [x];
  }
}

/**
 * Sets a random part of its input to 0 while training and scales the rest up (Srivastava et al. 2014).
 * Any shape in, the same out.
 *
 * @throws RangeError unless 0 <= rate < 1
 * @example layers.dropout({ rate: 0.2 })
 */
export function dropout(options: DropoutOptions): Layer {
  return new Dropout(layerSettings(options, "dropout", OPTIONS));
}
