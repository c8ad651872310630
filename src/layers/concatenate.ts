import type { Context } from "../context.ts";
import { expectInteger, showShape } from "../expect.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { type MaskRule, unitedMask } from "../layer/masks.ts";
import { type LayerOptions, layerSettings } from "../layer/options.ts";
import { sizeOf } from "../ndarray.ts";
import { compileForward } from "../ops/compileForward.ts";
import { concatOp } from "../ops/concat.ts";
import { run } from "../ops/op.ts";
import { reshape } from "../ops/reshape.ts";
import { type Checked, type Input, option, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape } from "../weight.ts";

const OPTIONS = options({
  /** Along which axis, the batch counted: 1 is that of time; default -1, the last */
  axis: optional(
    option((value, what) => expectInteger(value, what, -32, 32)),
    -1,
  ),
});

export interface ConcatenateOptions extends Input<typeof OPTIONS>, LayerOptions {}

class Concatenate extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "concatenate";

  override get inputs() {
    return { least: 1, most: Number.POSITIVE_INFINITY };
  }

  /** Of a shape without its batch. */
  #axisOf({ length }: InnerShape): number {
    const { axis } = this.options;
    const own = axis < 0 ? length + axis : axis - 1;
    if (own >= 0 && own < length) return own;
    throw new RangeError(
      `${this.name} axis: expected one of 1..${length}, or -1..-${length}, for inputs of ${length + 1} axes, got ${axis}`,
    );
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const axis = this.#axisOf(inputs[0]);
    const sizes = inputs.map(shape => (axis === shape.length - 1 ? lastAxis(shape, this.name) : shape[axis]));
    const joined = sizes.reduce((sum, n) => (sum === null || n === null ? null : sum + n), 0);
    const known = inputs[0].map((_, i) => inputs.find(shape => shape[i] !== null)?.[i] ?? null);
    for (const shape of inputs) {
      const fits = known.every((n, i) => i === axis || shape[i] === null || shape[i] === n);
      if (shape.length !== inputs[0].length || !fits) this.#refuse(inputs.map(each => ["N", ...each]));
    }
    return [known.map((n, i) => (i === axis ? joined : n))];
  }

  #refuse(shapes: readonly (readonly (number | string | null)[])[]): never {
    const { axis } = this.options;
    const remedy =
      axis === -1 ? "; pad sequences to one length, and give recurrent layers the same returnSequences" : "";
    throw new RangeError(
      `${this.name}: expected inputs that differ in ${axis === -1 ? "their last axis" : `axis ${axis}`} alone, got ` +
        `${shapes.map(showShape).join(" and ")}${remedy}`,
    );
  }

  override forward(context: Context, inputs: readonly Tensor[]): Tensor[] {
    const [N, ...inner] = inputs[0].shape;
    const axis = 1 + this.#axisOf(inner);
    const others = inputs.map(({ shape }) => shape.filter((_, i) => i !== axis).join());
    // Axes of any length show only now whether they agree.
    if (others.some(sizes => sizes !== others[0])) this.#refuse(inputs.map(({ shape }) => shape));
    if (axis === inner.length) return [run(concatOp, context, inputs, {})];
    // What stands behind the axis is one row with it.
    const before = [N, ...inner.slice(0, axis - 1)];
    const y = run(
      concatOp,
      context,
      inputs.map(x => reshape(context, x, [...before, x.size / sizeOf(before)])),
      {},
    );
    const joined = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
    return [reshape(context, y, [...before, joined, ...inner.slice(axis)])];
  }

  override maskOf(context: Context, inputs: readonly Tensor[], output: Tensor): Tensor | undefined {
    const alongTime = this.#axisOf(output.shape.slice(1)) === 0;
    return alongTime ? joinedMask(context, inputs) : unitedMask(context, inputs, output);
  }

  override get maskRule(): MaskRule {
    return "all";
  }

  override compileStep(program: Step, inputs: readonly StepValue[]): StepValue[] {
    return [compileForward(program, inputs, (context, parts) => this.forward(context, parts)[0])];
  }
}

/** One mask after the other, if there is one; steps without a mask are real. */
function joinedMask(context: Context, inputs: readonly Tensor[]): Tensor | undefined {
  if (inputs.every(({ mask }) => !mask)) return undefined;
  const [N] = inputs[0].shape;
  const T = inputs.reduce((sum, { shape }) => sum + shape[1], 0);
  const mask = context.tensorFrom(new Int32Array(N * T).fill(1), [N, T]);
  let at = mask.pointer;
  for (const { mask: own, shape } of inputs) {
    if (own) context.kernels.copyRows(at, T, own.pointer, shape[1], N, shape[1]);
    at += 4 * shape[1];
  }
  return mask;
}

/**
 * Joins tensors along their last axis, or another one. [N, ..., A], [N, ..., B], ... -> [N, ..., A + B + ...], in the order of
 * the list. A step is padding where it is padding in all of them; along the axis of time masks follow one another, too.
 *
 * @throws RangeError, once it is connected, for inputs that differ in another axis
 * @example const y = layers.concatenate().apply([p, q]);
 */
export function concatenate(options: ConcatenateOptions = {}): Layer {
  return new Concatenate(layerSettings(options, "concatenate", OPTIONS));
}
