import { type Activation, expectActivation } from "../activations.ts";
import type { Context } from "../context.ts";
import { packedSize } from "../engine/layout.ts";
import { expectBoolean, expectInteger, expectOptions } from "../expect.ts";
import { expectInitializer, type Initializer } from "../initializers.ts";
import { LAYER_OPTIONS, Layer, type LayerOptions, lastAxis, titleOf } from "../layer/layer.ts";
import { activation, compileActivation } from "../ops/activation.ts";
import { compileLinear, linear } from "../ops/linear.ts";
import type { Step, StepValue } from "../step.ts";
import type { Tensor } from "../tensor.ts";
import type { InnerShape, WeightSpec } from "../weight.ts";

export interface DenseOptions extends LayerOptions {
  /** Size of the output's last axis */
  units: number;
  /** Default "linear" */
  activation?: Activation;
  /** Default true */
  useBias?: boolean;
  /** Default "glorotUniform" */
  kernelInitializer?: Initializer;
  /** Default "zeros" */
  biasInitializer?: Initializer;
}

const OPTIONS = ["units", "activation", "useBias", "kernelInitializer", "biasInitializer", ...LAYER_OPTIONS];

class Dense extends Layer<Required<Omit<DenseOptions, keyof LayerOptions>> & LayerOptions> {
  readonly kind = "dense";

  override outputShapes([shape]: readonly InnerShape[]): InnerShape[] {
    return [[...shape.slice(0, -1), this.options.units]];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { units, useBias, kernelInitializer, biasInitializer } = this.options;
    const C = lastAxis(shape, this.name);
    const specs = [
      { name: "kernel", shape: [C, units], initializer: expectInitializer(kernelInitializer, "kernelInitializer") },
    ];
    if (useBias) {
      specs.push({
        name: "bias",
        shape: [units],
        initializer: expectInitializer(biasInitializer, "biasInitializer"),
      });
    }
    return specs;
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [packedSize(lastAxis(shape, this.name), this.options.units)];
  }

  override forward(context: Context, [x]: readonly Tensor[]): Tensor[] {
    const [kernel, bias] = this.weights;
    const z = linear(context, x, kernel, bias, this.packed[0]);
    return [activation(context, z, this.options.activation)];
  }

  override compileStep(program: Step, [x]: readonly StepValue[]): StepValue[] {
    const [kernel, bias] = this.weights;
    const z = compileLinear(program, x, kernel, bias, this.packed[0]);
    return [compileActivation(program, z, this.options.activation, this.options.units)];
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
  const title = titleOf(options, "dense");
  expectOptions(options, OPTIONS, title);
  return new Dense({
    ...options,
    units: expectInteger(options.units, `${title} units`),
    activation: expectActivation(options.activation ?? "linear", `${title} activation`),
    useBias: expectBoolean(options.useBias ?? true, `${title} useBias`),
    kernelInitializer: expectInitializer(options.kernelInitializer ?? "glorotUniform", `${title} kernelInitializer`),
    biasInitializer: expectInitializer(options.biasInitializer ?? "zeros", `${title} biasInitializer`),
  });
}
