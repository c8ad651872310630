import type { Context } from "../context.ts";
import { expectNumber, expectOptions } from "../expect.ts";
import { dropout as dropoutOp } from "../ops/dropout.ts";
import type { Tensor } from "../tensor.ts";
import { type InnerShape, LAYER_OPTIONS, Layer, type LayerOptions } from "./layer.ts";

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
}

/** A rate of dropout. */
export function expectRate(value: unknown, what: string): number {
  const rate = expectNumber(value, what, 0, 1);
  if (rate === 1) throw new RangeError(`${what}: expected a number in [0, 1), got 1: nothing would be left`);
  return rate;
}

/**
 * Sets a random part of its input to 0 while training and scales the rest up (Srivastava et al. 2014).
 * Any shape in, the same out.
 *
 * @throws RangeError unless 0 <= rate < 1
 * @example layers.dropout({ rate: 0.2 })
 */
export function dropout(options: DropoutOptions): Layer {
  expectOptions(options, ["rate", ...LAYER_OPTIONS], "dropout");
  return new Dropout({ ...options, rate: expectRate(options.rate, "dropout rate") });
}
