/** Pooling over all steps. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import type { Carrying } from "../layer/carried.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { endMask, type MaskRule } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { HIGHEST_KERNELS, highest } from "../ops/highest.ts";
import { POOLS, stepMean } from "../ops/pooling.ts";
import { reshape } from "../ops/reshape.ts";
import { boolean, type Checked, type Input, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight } from "../weight.ts";

const OPTIONS = options({
  /** Whether the output is [N, 1, C], and not [N, C]; default false */
  keepdims: optional(boolean, false),
});

export interface GlobalPooling1DOptions extends Input<typeof OPTIONS>, LayerOptions {}

abstract class GlobalPooling1D extends Layer<Checked<typeof OPTIONS>> implements Carrying {
  abstract readonly carriedNames: readonly string[];
  #features = 0;

  get carriedSizes(): readonly number[] {
    return [this.#features, 1];
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; a recurrent layer below it needs ` +
          "returnSequences: true",
      );
    }
    return [this.options.keepdims ? [1, shape[1]] : [shape[1]]];
  }

  override acrossSteps(): boolean {
    return this.options.keepdims;
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    this.#features = lastAxis(inputs[0], this.name);
  }

  protected abstract pooled(context: Context, x: Tensor): Tensor;

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const y = this.pooled(context, x);
    return [this.options.keepdims ? reshape(context, y, [x.shape[0], 1, x.shape[2]]) : y];
  }

  /** Adds what goes on to a step, from what is carried and how many steps that was. */
  protected abstract compilePooled(program: Step, x: StepValue, y: number, carried: number, count: number): void;

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    const [y, carried] = [program.allocate(x.size), program.allocate(x.size)];
    const count = program.allocate(1);
    this.compilePooled(program, x, y.pointer, carried.pointer, count.pointer);
    program.carry([carried, count]);
    return [y];
  }

  override maskOf(): undefined {}

  override get maskRule(): MaskRule {
    return "none";
  }
}

class GlobalAveragePooling1D extends GlobalPooling1D {
  readonly kind = "globalAveragePooling1D";
  readonly carriedNames = ["sum", "count"];

  override countsPadding(): boolean {
    return false; // it is masked
  }

  override get families() {
    return POOLS;
  }

  protected override pooled(context: Context, x: Tensor): Tensor {
    return stepMean(context, x);
  }

  protected override compilePooled(program: Step, x: StepValue, y: number, sum: number, count: number): void {
    program.call("stepMeanStep", y, sum, count, x.pointer, x.mask ?? 0, x.size);
  }
}

class GlobalMaxPooling1D extends GlobalPooling1D {
  readonly kind = "globalMaxPooling1D";
  readonly carriedNames = ["maximum", "count"];

  override countsPadding(): boolean {
    return true;
  }

  override get families() {
    return [...POOLS, ...HIGHEST_KERNELS];
  }

  protected override pooled(context: Context, x: Tensor): Tensor {
    const [outer, size, inner] = x.shape;
    endMask(this.name, x.mask);
    return highest(context, x, { outer, size, inner }, [outer, inner]);
  }

  protected override compilePooled(program: Step, x: StepValue, y: number, top: number, count: number): void {
    endMask(this.name, x.mask);
    program.call("highestStep", y, top, count, x.pointer, x.size);
  }
}

/**
 * The mean over all steps but those of padding. [N, T, C] -> [N, C]; zeros where all is padding.
 *
 * @throws TypeError for an option of the wrong type
 * @example layers.globalAveragePooling1D()
 */
export function globalAveragePooling1D(options: GlobalPooling1DOptions = {}): Layer {
  return new GlobalAveragePooling1D(layerSettings(options, "globalAveragePooling1D", OPTIONS));
}

/**
 * The largest over all steps, feature by feature; padding counts, as in Keras. [N, T, C] -> [N, C].
 *
 * @throws TypeError for an option of the wrong type
 * @example layers.globalMaxPooling1D()
 */
export function globalMaxPooling1D(options: GlobalPooling1DOptions = {}): Layer {
  return new GlobalMaxPooling1D(layerSettings(options, "globalMaxPooling1D", OPTIONS));
}
