import type { Context } from "../context.ts";
import { compileForward } from "../ops/compileForward.ts";
import { type Op, run, type Sizes } from "../ops/op.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";
import { Layer } from "./layer.ts";
import { intersectedMask, type MaskRule } from "./masks.ts";
import type { LayerOptions } from "./options.ts";

/** An op on symbolic tensors: what `ops` make a layer of, with neither weights nor a life of its own. */
export class Operation extends Layer<{ op: string; options: object }> {
  readonly kind = "operation";
  readonly #op: Op;

  constructor(op: Op, own: object, options: LayerOptions = {}) {
    super({ ...options, op: op.name, options: own });
    this.#op = op;
  }

  override get baseName(): string {
    return this.#op.name;
  }

  override get inputs() {
    return { least: 1, most: Number.POSITIVE_INFINITY };
  }

  override get families() {
    return this.#op.families ?? [];
  }

  #optionsOf(inputs: readonly Sizes[]): object {
    return this.#op.inModel?.(inputs, this.options.options) ?? this.options.options;
  }

  override acrossSteps(inputs: readonly InnerShape[], timed?: readonly boolean[]): boolean {
    const shapes = inputs.map(shape => ["N", ...shape]);
    return this.#op.acrossSteps?.(shapes, this.#optionsOf(shapes), timed) ?? false;
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const shapes = inputs.map(shape => ["N", ...shape]);
    const [, ...inner] = this.#op.shape(shapes, this.#optionsOf(shapes));
    return [inner as (number | null)[]];
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    return [run(this.#op, context, inputs, this.#optionsOf(inputs.map(({ shape }) => shape)))];
  }

  override compileStep(program: Step, inputs: readonly StepValue[]): readonly StepValue[] | undefined {
    if (this.#op.maskOf && inputs.some(({ inside }) => inside)) return undefined; // it moves masks
    const own = this.#optionsOf(inputs.map(({ shape = [] }) => shape));
    const options = this.#op.ofStep?.(own, inputs[0].size) ?? own;
    return [compileForward(program, inputs, (context, tensors) => run(this.#op, context, tensors, options))];
  }

  /** Its output is made step by step of all inputs. */
  override maskOf(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
    return this.#op.maskOf
      ? this.#op.maskOf(context, inputs, this.options.options)
      : intersectedMask(context, inputs, output);
  }

  override get maskRule(): MaskRule {
    return "any";
  }
}
