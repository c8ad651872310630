import type { Context } from "../context.ts";
import { expectNumber, expectOptions, showShape } from "../expect.ts";
import { LAYER_OPTIONS, Layer, type LayerOptions, titleOf } from "../layer/layer.ts";
import { masking as maskingOp } from "../ops/masking.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

export interface MaskingOptions extends LayerOptions {
  /** A step whose features are all this number is padding; default 0 */
  maskValue?: number;
}

class Masking extends Layer<Required<Omit<MaskingOptions, keyof LayerOptions>> & LayerOptions> {
  readonly kind = "masking";

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
}

/**
 * Marks steps as padding: recurrent layers skip them, losses and metrics leave them out. x [N, T, C] -> [N, T, C],
 * the steps of padding as zeros. It sees numbers as the model does: after the input's scaler, if the model has one.
 *
 * @param options.maskValue what all features of such a step are
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.masking({ maskValue: -1, inputShape: [20, 10] })
 */
export function masking(options: MaskingOptions = {}): Layer {
  const title = titleOf(options, "masking");
  expectOptions(options, ["maskValue", ...LAYER_OPTIONS], title);
  return new Masking({ ...options, maskValue: expectNumber(options.maskValue ?? 0, `${title} maskValue`) });
}
