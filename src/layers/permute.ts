import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { endMask, type MaskRule } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { MAX_AXES } from "../nested.ts";
import { compileForward } from "../ops/compileForward.ts";
import { MOVING } from "../ops/strided.ts";
import { permuted } from "../ops/transpose.ts";
import { type Checked, type Input, option, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** Which axis of the input each axis of the output is; counted from 1, without the batch axis */
  dims: option(expectDims),
});

export interface PermuteOptions extends Input<typeof OPTIONS>, LayerOptions {}

function expectDims(value: unknown, what: string): readonly number[] {
  const list = Array.isArray(value) && value.length <= MAX_AXES ? value : [];
  if (list.length > 0 && list.every((_, i) => list.includes(i + 1))) return [...list];
  throw new TypeError(
    `${what}: expected each of 1, 2, … once, such as [2, 1], got ` +
      `${list.length > 0 ? showShape(list.map(describe)) : describe(value)}`,
  );
}

class Permute extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "permute";

  override get families() {
    return MOVING;
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    const { dims } = this.options;
    if (dims.length === shape.length) return [dims.map(axis => shape[axis - 1])];
    throw new RangeError(
      `${this.name}: expected an input of ${dims.length} axes beside the batch, for dims ${showShape(dims)}, got ` +
        `${showShape(["N", ...shape])}`,
    );
  }

  override acrossSteps(): boolean {
    return this.options.dims[0] !== 1;
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [permuted(context, x, [0, ...this.options.dims])];
  }

  override compileStep(program: Step, inputs: readonly StepValue[]): StepValue[] {
    endMask(this.name, inputs[0].mask);
    return [compileForward(program, inputs, (context, x) => this.forward(context, x)[0])];
  }

  override get maskRule(): MaskRule {
    return "none";
  }

  /** Its steps are others. */
  override maskOf(_context: Context, [x]: readonly Tensor[]): undefined {
    endMask(this.name, x.mask);
  }
}

/**
 * The axes of a sample in another order. Masks end here.
 *
 * @param options.dims which axis of the input each axis of the output is, counted from 1
 * @throws TypeError or RangeError for dims that are no order, or of another number of axes
 * @example layers.permute({ dims: [2, 1] }) // [N, T, C] -> [N, C, T]
 */
export function permute(options: PermuteOptions): Layer {
  return new Permute(layerSettings(options, "permute", OPTIONS));
}
