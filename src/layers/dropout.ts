import type { Context } from "../context.ts";
import { expectFraction, expectOptions } from "../expect.ts";
import { LAYER_OPTIONS, Layer, type LayerOptions, titleOf } from "../layer/layer.ts";
import { dropout as dropoutOp } from "../ops/dropout.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

export interface DropoutOptions extends LayerOptions {
  /** The part of the numbers that is set to 0 while training, in [0, 1) */
  rate: number;
}

class Dropout extends Layer<DropoutOptions> {
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
  const title = titleOf(options, "dropout");
  expectOptions(options, ["rate", ...LAYER_OPTIONS], title);
  return new Dropout({ ...options, rate: expectFraction(options.rate, `${title} rate`) });
}
