import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { endMask, type MaskRule } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { describe } from "../ndarray.ts";
import { MAX_AXES } from "../nested.ts";
import { reshape as reshapeOp, reshapesSteps } from "../ops/reshape.ts";
import { type Checked, type Input, option, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** Of a sample, without the batch axis; -1, once, is whatever is left */
  targetShape: option(expectTarget),
});

export interface ReshapeOptions extends Input<typeof OPTIONS>, LayerOptions {}

function expectTarget(value: unknown, what: string): readonly number[] {
  const good = (n: unknown) => n === -1 || (Number.isSafeInteger(n) && (n as number) >= 1);
  if (
    Array.isArray(value) &&
    value.length <= MAX_AXES &&
    value.every(good) &&
    value.indexOf(-1) === value.lastIndexOf(-1)
  )
    return [...value];
  throw new TypeError(
    `${what}: expected a list of whole numbers >= 1, one of which may be -1, without the batch axis, got ` +
      `${Array.isArray(value) ? showShape(value.slice(0, MAX_AXES).map(describe)) : describe(value)}`,
  );
}

const product = (shape: readonly number[]): number => shape.reduce((size, n) => size * n, 1);

class Reshape extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "reshape";

  /** The target for so many numbers, where there is one. */
  #fitted(size: number): number[] | undefined {
    const { targetShape } = this.options;
    const known = product(targetShape.filter(n => n > 0));
    const shape = targetShape.map(n => (n > 0 ? n : size / known));
    return shape.every(Number.isInteger) && product(shape) === size ? shape : undefined;
  }

  #refuse(shape: readonly (number | string | null)[]): never {
    throw new RangeError(
      `${this.name}: expected as many numbers as targetShape ${showShape(this.options.targetShape)} has, got ` +
        `${showShape(shape)}; one axis of targetShape may be -1, which is whatever is left`,
    );
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.includes(null)) return [this.options.targetShape.map(n => (n > 0 ? n : null))];
    return [this.#fitted(product(shape as number[])) ?? this.#refuse(["N", ...shape])];
  }

  override acrossSteps([shape]: readonly InnerShape[]): boolean {
    return !reshapesSteps(shape, this.options.targetShape);
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const [N] = x.shape;
    return [reshapeOp(context, x, [N, ...(this.#fitted(x.size / N) ?? this.#refuse(x.shape))])];
  }

  override compileStep(_program: Step, [{ pointer, size, mask }]: readonly StepValue[]): StepValue[] {
    endMask(this.name, mask);
    return [{ pointer, size }];
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
 * The numbers of a sample in another shape. [N, ...] -> [N, ...targetShape]. Masks end here.
 *
 * @param options.targetShape without the batch axis; -1, once, is whatever is left
 * @throws TypeError or RangeError for an option of the wrong type, or a shape of another size
 * @example layers.reshape({ targetShape: [-1, 8] })
 */
export function reshape(options: ReshapeOptions): Layer {
  return new Reshape(layerSettings(options, "reshape", OPTIONS));
}
