import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { type MaskRule, unitedMask } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { concatOp } from "../ops/concat.ts";
import { run } from "../ops/op.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

export type ConcatenateOptions = LayerOptions;

class Concatenate extends Layer {
  readonly kind = "concatenate";

  override get inputs() {
    return { least: 1, most: Number.POSITIVE_INFINITY };
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const width = inputs.reduce((sum, shape) => sum + lastAxis(shape, this.name), 0);
    const leading = inputs[0].slice(0, -1).map((_, i) => inputs.find(shape => shape[i] !== null)?.[i] ?? null);
    for (const shape of inputs) {
      if (shape.length === inputs[0].length && leading.every((n, i) => shape[i] === null || shape[i] === n)) continue;
      this.#refuse(inputs.map(each => ["N", ...each]));
    }
    return [[...leading, width]];
  }

  #refuse(shapes: readonly (readonly (number | string | null)[])[]): never {
    throw new RangeError(
      `${this.name}: expected inputs that differ in their last axis alone, got ${shapes.map(showShape).join(" and ")}; ` +
        "pad sequences to one length, and give recurrent layers the same returnSequences",
    );
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const leading = inputs.map(({ shape }) => shape.slice(0, -1).join());
    // Axes of any length show only now whether they agree.
    if (leading.some(sizes => sizes !== leading[0])) this.#refuse(inputs.map(({ shape }) => shape));
    return [run(concatOp, context, inputs, {})];
  }

  override maskOf(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
    return unitedMask(context, inputs, output);
  }

  override get maskRule(): MaskRule {
    return "all";
  }

  override compileStep(program: Step, inputs: readonly StepValue[]): StepValue[] {
    return [concatOp.compile(program, inputs)];
  }
}

/**
 * Joins tensors along their last axis. [N, ..., A], [N, ..., B], ... -> [N, ..., A + B + ...], in the order of the list. A
 * step is padding where it is padding in all of them.
 *
 * @throws RangeError, once it is connected, for inputs that differ in another axis than the last
 * @example const y = layers.concatenate().apply([p, q]);
 */
export function concatenate(options: ConcatenateOptions = {}): Layer {
  return new Concatenate(layerSettings(options, "concatenate", {}));
}
