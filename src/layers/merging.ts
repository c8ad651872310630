/** Layers that make one tensor of several, number by number. */
import type { Context } from "../context.ts";
import { showShape } from "../expect.ts";
import { Layer } from "../layer/layer.ts";
import { type MaskRule, passedMask, unitedMask } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { type Arithmetic, arithmeticOps } from "../ops/arithmetic.ts";
import { broadcast, broadcastShape } from "../ops/broadcast.ts";
import { chooseRows } from "../ops/chooseRows.ts";
import { compileForward } from "../ops/compileForward.ts";
import { run, type Sizes } from "../ops/op.ts";
import { MOVING } from "../ops/strided.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

export type MergingOptions = LayerOptions;

class Merging extends Layer {
  readonly kind: string;
  readonly #op: Arithmetic;

  constructor(kind: string, op: Arithmetic, options: LayerOptions) {
    super(options);
    this.kind = kind;
    this.#op = op;
  }

  override get families() {
    return MOVING;
  }

  override get inputs() {
    return { least: 2, most: this.#op === "subtract" ? 2 : Number.POSITIVE_INFINITY };
  }

  #shapeOf(shapes: readonly Sizes[]): Sizes {
    const shape = broadcastShape(shapes);
    if (shape) return shape;
    throw new RangeError(
      `${this.name}: expected inputs of one shape, but for axes of size 1, got ${shapes.map(showShape).join(" and ")}; bring ` +
        "them to one size with layers.dense, layers.repeatVector or layers.reshape",
    );
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const [, ...inner] = this.#shapeOf(inputs.map(shape => ["N", ...shape]));
    return [inner as InnerShape];
  }

  /** Whether a hidden step of one tensor leaves that of the other as it is, as in Keras. */
  get #skips(): boolean {
    return !["add", "subtract"].includes(this.#op);
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const shape = this.#shapeOf(inputs.map(({ shape }) => shape)) as readonly number[];
    const [first, ...others] = inputs.map(x => Object.assign(broadcast(context, x, shape), { mask: x.mask }));
    const merged = others.reduce((a, b) => this.#merge(context, a, b), first);
    return [
      this.kind === "average" ? run(arithmeticOps.multiply, context, [merged], { b: 1 / inputs.length }) : merged,
    ];
  }

  #merge(context: Context, a: Tensor, b: Tensor): Tensor {
    let y = run(arithmeticOps[this.#op], context, [a, b], {});
    if (this.#skips) {
      const [maskA, maskB] = [a, b].map(x => passedMask(x, y));
      if (maskA) y = chooseRows(context, maskA, y, b);
      if (maskB) y = chooseRows(context, maskB, y, a);
    }
    y.mask = unitedMask(context, [a, b], y);
    return y;
  }

  override compileStep(program: Step, inputs: readonly StepValue[]): StepValue[] | undefined {
    if (this.#skips && inputs.some(({ mask }) => mask !== undefined)) return undefined;
    return [compileForward(program, inputs, (context, tensors) => this.forward(context, tensors)[0])];
  }

  override maskOf(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
    return unitedMask(context, inputs, output);
  }

  override get maskRule(): MaskRule {
    return "all";
  }
}

const make = (kind: string, op: Arithmetic, options: MergingOptions): Layer =>
  new Merging(kind, op, layerSettings(options, kind, {}));

/**
 * The sum of tensors of one shape; an axis of size 1 goes along with any size. A step is padding where it is padding in all
 * of them, as with all layers of this kind.
 *
 * @throws RangeError, once it is connected, for other shapes
 * @example const y = layers.add().apply([x, block]);
 */
export function add(options: MergingOptions = {}): Layer {
  return make("add", "add", options);
}

/**
 * The first tensor without the second; shapes as for `add`.
 *
 * @example const y = layers.subtract().apply([p, q]);
 */
export function subtract(options: MergingOptions = {}): Layer {
  return make("subtract", "subtract", options);
}

/**
 * The product of tensors, number by number; shapes as for `add`. A step that is padding in one of them is as it is in the others.
 *
 * @example const y = layers.multiply().apply([x, gate]);
 */
export function multiply(options: MergingOptions = {}): Layer {
  return make("multiply", "multiply", options);
}

/**
 * The mean of tensors, number by number; shapes as for `add`.
 *
 * @example const y = layers.average().apply([p, q, r]);
 */
export function average(options: MergingOptions = {}): Layer {
  return make("average", "add", options);
}

/**
 * The largest of tensors, number by number; shapes and padding as for `multiply`. Where two are equal each gets half of the gradient.
 *
 * @example const y = layers.maximum().apply([p, q]);
 */
export function maximum(options: MergingOptions = {}): Layer {
  return make("maximum", "maximum", options);
}

/**
 * The smallest of tensors, number by number; shapes and padding as for `multiply`. Where two are equal each gets half of the gradient.
 *
 * @example const y = layers.minimum().apply([p, q]);
 */
export function minimum(options: MergingOptions = {}): Layer {
  return make("minimum", "minimum", options);
}
