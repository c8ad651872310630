import { type ElementwiseActivation, expectElementwise } from "../../activations.ts";
import type { Initializer } from "../../initializers.ts";
import { indRnnCell } from "../../ops/indRnn.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import { inputPackedSize } from "../../ops/recurrent/inputAlone.ts";
import type { InnerShape, WeightSpec } from "../../weight.ts";
import { type Layer, titleOf } from "../layer.ts";
import { expectRecurrentOptions, type RecurrentLayerOptions, type RecurrentOptions } from "./options.ts";
import { Recurrent } from "./recurrent.ts";

export interface IndRnnLayerOptions extends RecurrentOptions {
  /** Default "relu" */
  activation?: ElementwiseActivation;
  /** Default: uniform in [0, 1) */
  recurrentInitializer?: Initializer;
}

interface Settings extends RecurrentLayerOptions {
  activation: ElementwiseActivation;
}

export class IndRnn extends Recurrent<Settings> {
  readonly kind = "indRNN";
  readonly gates = 1;
  readonly stateNames = ["h"];

  override weightSpecs(inputs: readonly InnerShape[]): WeightSpec[] {
    const { units } = this.options;
    return super
      .weightSpecs(inputs)
      .map(spec => (spec.name === "recurrentKernel" ? { ...spec, shape: [units] } : spec));
  }

  protected override packedSize(C: number): number {
    return inputPackedSize(C, this.options.units, 1);
  }

  protected override cell(): Cell {
    const [kernel, recurrentKernel, bias] = this.weights;
    return indRnnCell({ kernel, recurrentKernel, bias, packed: this.packed[0] }, this.options);
  }
}

/**
 * Independently recurrent network, in which a unit sees its own past alone: h = activation(x·kernel + u·h + bias).
 * x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also the last hidden state
 * [N, units]. Weights: kernel [C, units], recurrentKernel [units], which is u, and bias [units].
 *
 * @param options see {@link IndRnnLayerOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Li et al., "Independently recurrent neural network (IndRNN)", 2018, arXiv 1803.04831
 * @example layers.indRNN({ units: 64, returnSequences: true, inputShape: [100, 2] })
 */
export function indRNN(options: IndRnnLayerOptions): Layer {
  const title = titleOf(options, "indRNN");
  const uniform: Initializer = { name: "uniform", minimum: 0, maximum: 1 };
  const shared = expectRecurrentOptions(options, "indRNN", ["activation"]);
  return new IndRnn({
    ...shared,
    recurrentInitializer: options.recurrentInitializer === undefined ? uniform : shared.recurrentInitializer,
    activation: expectElementwise(options.activation ?? "relu", `${title} activation`),
  });
}
