import { activation } from "../activations.ts";
import type { Context } from "../context.ts";
import { packedSize } from "../engine/layout.ts";
import { showShape } from "../expect.ts";
import { initializer } from "../initializers.ts";
import type { Carrying } from "../layer/carried.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { endMask, type MaskRule } from "../layer/masks.ts";
import { type LayerOptions, layerSettings, titleOf, type WeightRules } from "../layer/options.ts";
import { activation as activationOp, compileActivation } from "../ops/activation.ts";
import { compileConv1D, conv1D as conv1DOp } from "../ops/conv1D.ts";
import { MOVING, move } from "../ops/strided.ts";
import { windowsOf } from "../ops/windows1D.ts";
import { boolean, type Checked, type Input, integer, oneOf, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, Weight, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** Features of the output */
  filters: integer(),
  /** Steps in a window */
  kernelSize: integer(),
  /** From one window to the next; default 1 */
  strides: optional(integer(), 1),
  /**
   * "valid": windows within the sequence. "same": zeros around it, so that there is a window for each step (each `strides`-th).
   * "causal": zeros before it, so that a window ends at its step and sees nothing of what comes later. Default "valid"
   */
  padding: optional(oneOf(["valid", "same", "causal"]), "valid"),
  /** From one step in a window to the next; default 1 */
  dilationRate: optional(integer(), 1),
  /** Default "linear" */
  activation: optional(activation, "linear"),
  /** Default true */
  useBias: optional(boolean, true),
  /** Default "glorotUniform" */
  kernelInitializer: optional(initializer, "glorotUniform"),
  /** Default "zeros" */
  biasInitializer: optional(initializer, "zeros"),
});

export interface Conv1DOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

class Conv1D extends Layer<Checked<typeof OPTIONS>> implements Carrying {
  readonly kind = "conv1D";
  readonly carriedNames = ["window"];
  #features = 0;

  override get families() {
    return [...MOVING, ...super.families];
  }

  get carriedSizes(): readonly number[] {
    return [(this.#span - 1) * this.#features + this.#features];
  }

  /** Of a window, from its first step to its last. */
  get #span(): number {
    return (this.options.kernelSize - 1) * this.options.dilationRate + 1;
  }

  #windows(T: number) {
    const { padding, strides } = this.options;
    const windows = windowsOf(T, padding, this.#span, strides);
    if (windows.steps > 0) return windows;
    throw new RangeError(
      `${this.name}: expected at least ${this.#span} steps for a window of ${this.options.kernelSize}, got ${T}; ` +
        'use a smaller kernelSize or padding: "same"',
    );
  }

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; a recurrent layer below it needs ` +
          "returnSequences: true",
      );
    }
    const [T] = shape;
    return [[T === null ? null : this.#windows(T).steps, this.options.filters]];
  }

  override acrossSteps(): boolean {
    return this.options.padding !== "causal" || this.options.strides > 1;
  }

  override countsPadding(): boolean {
    return true;
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { filters, kernelSize, useBias, kernelInitializer, biasInitializer } = this.options;
    const C = lastAxis(shape, this.name);
    return [
      { name: "kernel", shape: [kernelSize, C, filters], initializer: kernelInitializer },
      ...(useBias ? [{ name: "bias", shape: [filters], initializer: biasInitializer }] : []),
    ];
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [packedSize(this.options.kernelSize * lastAxis(shape, this.name), this.options.filters)];
  }

  override attach(
    weights: Readonly<Record<string, Weight>>,
    packed: readonly number[],
    inputs: readonly InnerShape[],
  ): void {
    super.attach(weights, packed, inputs);
    this.#features = lastAxis(inputs[0], this.name);
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const { kernel, bias } = this.weights;
    const { strides: stride, dilationRate: dilation } = this.options;
    const [N, T, C] = x.shape;
    const { before, after, steps } = this.#windows(T);
    const long = before + T + after;
    const axes = [[N, long * C, T * C] as const, [T * C, 1, 1] as const];
    const padded = long > T ? move(context, x, [N, long, C], { axes, offsets: { y: before * C }, gaps: true }) : x;
    const z = conv1DOp(context, padded, kernel, bias, steps, { stride, dilation }, this.packed[0]);
    return [activationOp(context, z, this.options.activation)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    const { kernel, bias } = this.weights;
    endMask(this.name, x.mask);
    const { output, past } = compileConv1D(program, x, kernel, bias, this.options.dilationRate, this.packed[0]);
    program.carry([past]);
    return [compileActivation(program, output, this.options.activation)];
  }

  override maskOf(_context: Context, [x]: readonly Tensor[]): undefined {
    endMask(this.name, x.mask);
  }

  override get maskRule(): MaskRule {
    return "none";
  }
}

/**
 * A convolution over time: y = activation(window·kernel + bias) for each window of steps. [N, T, C] -> [N, windows, filters].
 * Padding counts as steps, and masks end here, as in Keras. A stream needs padding "causal" and strides 1.
 *
 * @param options see {@link Conv1DOptions}; weights are kernel [kernelSize, C, filters] and bias [filters]
 * @throws TypeError or RangeError for an option of the wrong type or value, or one that does not go with another
 * @example layers.conv1D({ filters: 32, kernelSize: 5, padding: "causal", activation: "relu" })
 */
export function conv1D(options: Conv1DOptions): Layer {
  const settings = layerSettings(options, "conv1D", OPTIONS);
  if (settings.strides > 1 && settings.dilationRate > 1) {
    throw new RangeError(
      `${titleOf(options, "conv1D")}: expected strides or dilationRate to be 1, got ${settings.strides} and ${settings.dilationRate}`,
    );
  }
  return new Conv1D(settings);
}
