import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer, type LayerInputs } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { compileMasking, isReal, masking as maskingOp } from "../ops/masking.ts";
import { type Checked, type Input, number, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** A step whose features are all this number is padding; default 0 */
  maskValue: optional(number(), 0),
});

export interface MaskingOptions extends Input<typeof OPTIONS>, LayerOptions {}

class Masking extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "masking";

  override get inputs(): LayerInputs {
    return { least: 1, most: 1, question: isReal(this.options.maskValue) };
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; ` +
          "a mask is for steps of a sequence, token ids are masked by embedding({ maskZero: true })",
      );
    }
    return [shape];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [maskingOp(context, x, this.options.maskValue)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [compileMasking(program, x, this.options.maskValue)];
  }
}

/**
 * Marks steps as padding: recurrent layers skip them, losses and metrics leave them out. x [N, T, C] -> [N, T, C],
 * the steps of padding as zeros. Above the model's input it sees numbers as they are given: before the input's scaler.
 *
 * @param options.maskValue what all features of such a step are
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.masking({ maskValue: -1, inputShape: [20, 10] })
 */
export function masking(options: MaskingOptions = {}): Layer {
  return new Masking(layerSettings(options, "masking", OPTIONS));
}
