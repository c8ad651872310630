import type { Context } from "../context.ts";
import { Layer } from "../layer/layer.ts";
import { endMask } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { reshape } from "../ops/reshape.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

export type FlattenOptions = LayerOptions;

class Flatten extends Layer {
  readonly kind = "flatten";

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [[shape.includes(null) ? null : shape.reduce<number>((size, n) => size * (n as number), 1)]];
  }

  override acrossSteps(): boolean {
    return true;
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const [N] = x.shape;
    return [reshape(context, x, [N, x.size / N])];
  }

  override maskOf(_context: Context, [x]: readonly Tensor[]): undefined {
    endMask(this.name, x.mask);
  }
}

/**
 * All numbers of a sample in one row. [N, ...] -> [N, C]. Padding stays among them: what follows sees no steps any more.
 *
 * @example layers.flatten()
 */
export function flatten(options: FlattenOptions = {}): Layer {
  return new Flatten(layerSettings(options, "flatten", {}));
}
