import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { initializer } from "../initializers.ts";
import { Layer } from "../layer/layer.ts";
import { type LayerOptions, layerSettings, type WeightRules } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { MAX_AXES } from "../nested.ts";
import { compilePrelu, PRELU_KERNELS, prelu as preluOp } from "../ops/prelu.ts";
import { type Checked, type Input, option, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** Default "zeros", which begins as relu */
  alphaInitializer: optional(initializer, "zeros"),
  /** Axes along which one alpha is for all, counted from 1, the first ones: [1] for all steps of a sequence. Default none */
  sharedAxes: optional(option<readonly number[]>(expectFirst), () => []),
});

export interface PReLUOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

function expectFirst(value: unknown, what: string): readonly number[] {
  const list = Array.isArray(value) && value.length <= MAX_AXES ? value : undefined;
  if (list?.every((_, i) => list.includes(i + 1))) return list.map((_, i) => i + 1);
  const got = list ? showShape(list.map(describe)) : describe(value);
  throw new RangeError(`${what}: expected the first axes without a gap, such as [1] or [1, 2], got ${got}`);
}

class PReLU extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "prelu";

  override get families() {
    return PRELU_KERNELS;
  }

  /** Of alpha. */
  #shapeOf(shape: InnerShape): number[] {
    const { length } = this.options.sharedAxes;
    return shape.map((size, axis) => {
      if (axis < length) return 1;
      if (size !== null) return size;
      throw new RangeError(
        `${this.name}: expected an input of known sizes, since each element has an alpha, got ${showShape(["N", ...shape])}; ` +
          `give a size, or sharedAxes: ${showShape(Array.from({ length: axis + 1 }, (_, i) => i + 1))}`,
      );
    });
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    const expected = this.options.sharedAxes.length + 1;
    if (shape.length < expected) {
      throw new RangeError(
        `${this.name}: expected an input of ${expected} axes or more beside the batch, for sharedAxes ` +
          `${showShape(this.options.sharedAxes)}, got ${showShape(["N", ...shape])}`,
      );
    }
    this.#shapeOf(shape);
    return [shape];
  }

  /** Where each step has alphas of its own. */
  override acrossSteps([shape]: readonly InnerShape[]): boolean {
    return shape.length > 1 && this.options.sharedAxes.length === 0;
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    return [{ name: "alpha", shape: this.#shapeOf(shape), initializer: this.options.alphaInitializer }];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    return [preluOp(context, x, this.weights.alpha)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    return [compilePrelu(program, x, this.weights.alpha)];
  }
}

/**
 * A relu whose slope below 0 is trained: y = x above 0, alpha·x elsewhere. Any shape in, the same out. The weight is alpha, of the
 * shape of a sample, with 1 for each of `sharedAxes`.
 *
 * @param options see {@link PReLUOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see He et al., "Delving deep into rectifiers", 2015
 * @example layers.prelu({ sharedAxes: [1] }) // after a layer of [N, T, C]: an alpha for each of C features
 */
export function prelu(options: PReLUOptions = {}): Layer {
  return new PReLU(layerSettings(options, "prelu", OPTIONS));
}
