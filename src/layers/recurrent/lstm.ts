import { type ElementwiseActivation, expectElementwise } from "../../activations.ts";
import type { Context } from "../../context.ts";
import { expectBoolean, expectFraction, expectInteger, expectOptions, showShape } from "../../expect.ts";
import { expectInitializer, type Initializer } from "../../initializers.ts";
import type { StepProgram, StepValue } from "../../models/stepProgram.ts";
import { dropout as dropoutOp } from "../../ops/dropout.ts";
import { lstm as lstmOp, lstmPackedSize } from "../../ops/lstm.ts";
import { compileLstm } from "../../ops/lstmStep.ts";
import { reverseMask } from "../../ops/reverseTime.ts";
import type { Tensor } from "../../tensor.ts";
import { type InnerShape, LAYER_OPTIONS, Layer, type LayerOptions, lastAxis, type WeightSpec } from "../layer.ts";
import { keepState, keptState } from "./state.ts";

export interface LstmLayerOptions extends LayerOptions {
  /** H, the size of the hidden state */
  units: number;
  /** Of the candidate and the cell state; default "tanh" */
  activation?: ElementwiseActivation;
  /** Of the gates; default "sigmoid" */
  recurrentActivation?: ElementwiseActivation;
  /** Default true */
  useBias?: boolean;
  /** Output every step's hidden state, not only the last; default false */
  returnSequences?: boolean;
  /** Output also the last hidden and cell state; default false */
  returnState?: boolean;
  /** Run from the last step to the first; default false */
  goBackwards?: boolean;
  /** Begin each batch with the states that the last one ended with; default false */
  stateful?: boolean;
  /** At steps that a mask hides, output 0 instead of the output before; default false */
  zeroOutputForMask?: boolean;
  /** Part of the inputs set to 0 while training, the same ones at every step; default 0 */
  dropout?: number;
  /** Default "glorotUniform" */
  kernelInitializer?: Initializer;
  /** Default "orthogonal" */
  recurrentInitializer?: Initializer;
  /** Default "zeros" */
  biasInitializer?: Initializer;
  /** Add 1 to the forget gate's initial bias; default true */
  unitForgetBias?: boolean;
}

const OPTIONS = [
  "units",
  "activation",
  "recurrentActivation",
  "useBias",
  "returnSequences",
  "returnState",
  "goBackwards",
  "stateful",
  "zeroOutputForMask",
  "dropout",
  "kernelInitializer",
  "recurrentInitializer",
  "biasInitializer",
  "unitForgetBias",
  ...LAYER_OPTIONS,
];

export class Lstm extends Layer<Required<Omit<LstmLayerOptions, keyof LayerOptions>> & LayerOptions> {
  readonly kind = "lstm";

  override get inputs() {
    return { least: 1, most: 3 }; // x, then the initial h and c
  }

  override get streams(): boolean {
    return !this.options.goBackwards;
  }

  override get stateful(): boolean {
    return this.options.stateful;
  }

  override outputShapes(inputs: readonly InnerShape[]): InnerShape[] {
    const { units, returnSequences, returnState } = this.options;
    const [shape, ...states] = inputs;
    if (shape.length !== 2) {
      throw new RangeError(
        `${this.name}: expected an input of [N, T, C], got ${showShape(["N", ...shape])}; ` +
          "a recurrent layer below it needs returnSequences: true",
      );
    }
    if (states.length === 1) {
      throw new RangeError(`${this.name}: expected an initial state of two tensors [h, c], got one`);
    }
    for (const state of states) {
      if (state.length !== 1 || state[0] !== units) {
        throw new RangeError(
          `${this.name}: expected an initial state of [N, ${units}], got ${showShape(["N", ...state])}`,
        );
      }
    }
    const output = returnSequences ? [shape[0], units] : [units];
    return returnState ? [output, [units], [units]] : [output];
  }

  override weightSpecs([shape]: readonly InnerShape[]): WeightSpec[] {
    const { units, useBias, kernelInitializer, recurrentInitializer, biasInitializer } = this.options;
    const C = lastAxis(shape, this.name);
    const specs = [
      { name: "kernel", shape: [C, 4 * units], initializer: expectInitializer(kernelInitializer, "kernelInitializer") },
      {
        name: "recurrentKernel",
        shape: [units, 4 * units],
        initializer: expectInitializer(recurrentInitializer, "recurrentInitializer"),
      },
    ];
    if (useBias) {
      const initializer = expectInitializer(biasInitializer, "biasInitializer");
      specs.push({ name: "bias", shape: [4 * units], initializer });
    }
    return specs;
  }

  override initialized(bias: Float32Array, name: string): void {
    const { units, unitForgetBias } = this.options;
    if (name === "bias" && unitForgetBias) bias.fill(1, units, 2 * units);
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [lstmPackedSize(lastAxis(shape, this.name), this.options.units)];
  }

  override forward(context: Context, [input, h, c]: readonly Tensor[]): Tensor[] {
    const { options } = this;
    const [kernel, recurrentKernel, bias] = this.weights;
    const x = dropoutOp(context, input, options.dropout, this.stream, true);
    x.mask = input.mask;
    const initial = h ? { h, c } : keptState(context, this, x.shape[0], options.units);
    const result = lstmOp(context, x, { kernel, recurrentKernel, bias, packed: this.packed[0] }, options, initial);
    keepState(context, this, result);
    if (input.mask && options.returnSequences) {
      result.output.mask = options.goBackwards ? reverseMask(context, input.mask) : input.mask;
    }
    return options.returnState ? [result.output, result.h, result.c] : [result.output];
  }

  override compileStep(program: StepProgram, input: StepValue): StepValue | undefined {
    if (this.options.returnState) return undefined;
    const [kernel, recurrentKernel, bias] = this.weights;
    const weights = { kernel, recurrentKernel, bias, packed: this.packed[0] };
    return compileLstm(program, input, weights, this.options, this.name);
  }
}

/**
 * Long short-term memory. x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also
 * the last hidden and cell state, [N, units] each. Weights, in Keras' layout with gates i f g o: kernel [C, 4·units],
 * recurrentKernel [units, 4·units], bias [4·units].
 *
 * @param options see {@link LstmLayerOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Hochreiter and Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997
 * @example layers.lstm({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function lstm(options: LstmLayerOptions): Layer {
  expectOptions(options, OPTIONS, "lstm");
  const bool = (key: keyof LstmLayerOptions, byDefault: boolean) =>
    expectBoolean(options[key] ?? byDefault, `lstm ${key}`);
  return new Lstm({
    ...options,
    units: expectInteger(options.units, "lstm units"),
    activation: expectElementwise(options.activation ?? "tanh", "lstm activation"),
    recurrentActivation: expectElementwise(options.recurrentActivation ?? "sigmoid", "lstm recurrentActivation"),
    useBias: bool("useBias", true),
    returnSequences: bool("returnSequences", false),
    returnState: bool("returnState", false),
    goBackwards: bool("goBackwards", false),
    stateful: bool("stateful", false),
    zeroOutputForMask: bool("zeroOutputForMask", false),
    dropout: expectFraction(options.dropout ?? 0, "lstm dropout"),
    kernelInitializer: expectInitializer(options.kernelInitializer ?? "glorotUniform", "lstm kernelInitializer"),
    recurrentInitializer: expectInitializer(options.recurrentInitializer ?? "orthogonal", "lstm recurrentInitializer"),
    biasInitializer: expectInitializer(options.biasInitializer ?? "zeros", "lstm biasInitializer"),
    unitForgetBias: bool("unitForgetBias", true),
  });
}
