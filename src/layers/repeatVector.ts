import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { MOVING, move } from "../ops/strided.ts";
import { type Checked, type Input, integer, options } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** How often */
  n: integer(),
});

export interface RepeatVectorOptions extends Input<typeof OPTIONS>, LayerOptions {}

class RepeatVector extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "repeatVector";

  override get families() {
    return MOVING;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length === 1) return [[this.options.n, ...shape]];
    throw new RangeError(
      `${this.name}: expected [N, C], got ${showShape(["N", ...shape])}; a recurrent layer below it needs returnSequences: false`,
    );
  }

  override acrossSteps(): boolean {
    return true;
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const [N, C] = x.shape;
    const { n } = this.options;
    const axes = [[N, n * C, C] as const, [n, C, 0] as const, [C, 1, 1] as const];
    return [move(context, x, [N, n, C], { axes })];
  }
}

/**
 * A vector as every step of a sequence: what a decoder reads. [N, C] -> [N, n, C].
 *
 * @param options.n how often
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.repeatVector({ n: 10 })
 */
export function repeatVector(options: RepeatVectorOptions): Layer {
  return new RepeatVector(layerSettings(options, "repeatVector", OPTIONS));
}
