import type { Context } from "../context.ts";
import { Layer } from "../layer/layer.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { ARITHMETIC_KERNELS, arithmetic } from "../ops/arithmetic.ts";
import { type Checked, type Input, number, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** The noise's standard deviation, >= 0 */
  stddev: number(0),
});

export interface GaussianNoiseOptions extends Input<typeof OPTIONS>, LayerOptions {}

class GaussianNoise extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "gaussianNoise";

  override get families() {
    return ARITHMETIC_KERNELS;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [shape];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const { stddev } = this.options;
    if (!context.training || stddev === 0) return [x];
    const { kernels, memory, seed, step } = context;
    const noise = new Tensor(memory.allocate((x.size + 3) & ~3), x.shape);
    kernels.randomNormal(noise.pointer, 0, stddev, false, seed, this.stream, step, x.size);
    return [arithmetic(context, "add", x, noise)];
  }

  override compileStep(_program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [x];
  }
}

/**
 * Adds normal noise while training. Any shape in, the same out.
 *
 * @param options.stddev its standard deviation
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.gaussianNoise({ stddev: 0.1 })
 */
export function gaussianNoise(options: GaussianNoiseOptions): Layer {
  return new GaussianNoise(layerSettings(options, "gaussianNoise", OPTIONS));
}
