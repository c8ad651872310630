import { activation } from "../activations.ts";
import type { Context } from "../context.ts";
import { packedSize } from "../engine/layout.ts";
import { initializer } from "../initializers.ts";
import { Layer, lastAxis } from "../layer/layer.ts";
import { type LayerOptions, layerSettings, type WeightRules } from "../layer/options.ts";
import { activation as activationOp, compileActivation } from "../ops/activation.ts";
import { compileLinear, linear } from "../ops/linear.ts";
import { boolean, type Checked, type Input, integer, optional, options } from "../options.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

const OPTIONS = options({
  /** Size of the output's last axis */
  units: integer(),
  /** Default "linear" */
  activation: optional(activation, "linear"),
  /** Default true */
  useBias: optional(boolean, true),
  /** Default "glorotUniform" */
  kernelInitializer: optional(initializer, "glorotUniform"),
  /** Default "zeros" */
  biasInitializer: optional(initializer, "zeros"),
});

export interface DenseOptions extends Input<typeof OPTIONS>, LayerOptions, WeightRules<typeof OPTIONS> {}

class Dense extends Layer<Checked<typeof OPTIONS>> {
  readonly kind = "dense";

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [[...shape.slice(0, -1), this.options.units]];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { units, useBias, kernelInitializer, biasInitializer } = this.options;
    const C = lastAxis(shape, this.name);
    return [
      { name: "kernel", shape: [C, units], initializer: kernelInitializer },
      ...(useBias ? [{ name: "bias", shape: [units], initializer: biasInitializer }] : []),
    ];
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [packedSize(lastAxis(shape, this.name), this.options.units)];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const { kernel, bias } = this.weights;
    const z = linear(context, x, kernel, bias, this.packed[0]);
    return [activationOp(context, z, this.options.activation)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    const { kernel, bias } = this.weights;
    const z = compileLinear(program, x, kernel, bias, this.packed[0]);
    return [compileActivation(program, z, this.options.activation)];
  }
}

/**
 * A dense layer: y = activation(x·kernel + bias) on the last axis. x [N, ..., C] -> y [N, ..., units].
 *
 * @param options see {@link DenseOptions}; weights are kernel [C, units] and bias [units]
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @example layers.dense({ units: 1, activation: "sigmoid" })
 */
export function dense(options: DenseOptions): Layer {
  return new Dense(layerSettings(options, "dense", OPTIONS));
}
