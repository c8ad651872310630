import { type ElementwiseActivation, expectElementwise } from "../../activations.ts";
import { expectBoolean } from "../../expect.ts";
import { GRU_GATES, gruCell } from "../../ops/gru.ts";
import { gruPackedSize } from "../../ops/gruProducts.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import { type InnerShape, type Layer, lastAxis } from "../layer.ts";
import { expectRecurrentOptions, type RecurrentLayerOptions, type RecurrentOptions } from "./options.ts";
import { Recurrent } from "./recurrent.ts";

export interface GruLayerOptions extends RecurrentOptions {
  /** Of the candidate; default "tanh" */
  activation?: ElementwiseActivation;
  /** Of the gates; default "sigmoid" */
  recurrentActivation?: ElementwiseActivation;
  /** Reset h after its product for the candidate, as cuDNN and PyTorch; the bias is then [2, 3·units]. Default true */
  resetAfter?: boolean;
}

interface Settings extends RecurrentLayerOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  resetAfter: boolean;
}

export class Gru extends Recurrent<Settings> {
  readonly kind = "gru";
  readonly gates = GRU_GATES;
  readonly stateNames = ["h"];

  override with(options: Partial<RecurrentLayerOptions>): Gru {
    return new Gru({ ...this.options, ...options });
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [gruPackedSize(lastAxis(shape, this.name), this.options.units)];
  }

  protected override biasShape(width: number): number[] {
    return this.options.resetAfter ? [2, width] : [width];
  }

  protected override cell(): Cell {
    const [kernel, recurrentKernel, bias] = this.weights;
    return gruCell({ kernel, recurrentKernel, bias, packed: this.packed[0] }, this.options);
  }
}

/**
 * Gated recurrent unit. x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also the
 * last hidden state [N, units]. Weights, in Keras' layout with gates z r h: kernel [C, 3·units], recurrentKernel
 * [units, 3·units], bias [2, 3·units], of the input and of the hidden state, or [3·units] with `resetAfter: false`.
 *
 * @param options see {@link GruLayerOptions}; names and defaults are those of Keras 3
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Cho et al., "Learning phrase representations using RNN encoder-decoder", 2014, arXiv 1406.1078
 * @example layers.gru({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function gru(options: GruLayerOptions): Layer {
  const shared = expectRecurrentOptions(options, "gru", ["activation", "recurrentActivation", "resetAfter"]);
  return new Gru({
    ...shared,
    activation: expectElementwise(options.activation ?? "tanh", "gru activation"),
    recurrentActivation: expectElementwise(options.recurrentActivation ?? "sigmoid", "gru recurrentActivation"),
    resetAfter: expectBoolean(options.resetAfter ?? true, "gru resetAfter"),
  });
}
