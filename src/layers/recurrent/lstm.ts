import { type ElementwiseActivation, expectElementwise } from "../../activations.ts";
import { expectBoolean } from "../../expect.ts";
import { LSTM_GATES, lstmCell } from "../../ops/lstm.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import { uniformPackedSize } from "../../ops/recurrent/weights.ts";
import { type InnerShape, type Layer, lastAxis } from "../layer.ts";
import { expectRecurrentOptions, type RecurrentLayerOptions, type RecurrentOptions } from "./options.ts";
import { Recurrent } from "./recurrent.ts";

export interface LstmLayerOptions extends RecurrentOptions {
  /** Of the candidate and the cell state; default "tanh" */
  activation?: ElementwiseActivation;
  /** Of the gates; default "sigmoid" */
  recurrentActivation?: ElementwiseActivation;
  /** Add 1 to the forget gate's initial bias; default true */
  unitForgetBias?: boolean;
}

interface Settings extends RecurrentLayerOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  unitForgetBias: boolean;
}

export class Lstm extends Recurrent<Settings> {
  readonly kind = "lstm";
  readonly gates = LSTM_GATES;
  readonly stateNames = ["h", "c"];

  override with(options: Partial<RecurrentLayerOptions>): Lstm {
    return new Lstm({ ...this.options, ...options });
  }

  override initialized(bias: Float32Array, name: string): void {
    const { units, unitForgetBias } = this.options;
    if (name === "bias" && unitForgetBias) bias.fill(1, units, 2 * units);
  }

  override packedSizes([shape]: readonly InnerShape[]): number[] {
    return [uniformPackedSize(lastAxis(shape, this.name), this.options.units, LSTM_GATES)];
  }

  protected override cell(): Cell {
    const [kernel, recurrentKernel, bias] = this.weights;
    return lstmCell({ kernel, recurrentKernel, bias, packed: this.packed[0] }, this.options);
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
  const shared = expectRecurrentOptions(options, "lstm", ["activation", "recurrentActivation", "unitForgetBias"]);
  return new Lstm({
    ...shared,
    activation: expectElementwise(options.activation ?? "tanh", "lstm activation"),
    recurrentActivation: expectElementwise(options.recurrentActivation ?? "sigmoid", "lstm recurrentActivation"),
    unitForgetBias: expectBoolean(options.unitForgetBias ?? true, "lstm unitForgetBias"),
  });
}
