import { expectBoolean } from "../../expect.ts";
import { minimalCell, minimalGates } from "../../ops/minimalCells.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import { inputPackedSize } from "../../ops/recurrent/inputAlone.ts";
import { type Layer, titleOf } from "../layer.ts";
import { expectInputAloneOptions } from "./inputAlone.ts";
import type { MinGruLayerOptions } from "./minGru.ts";
import type { RecurrentLayerOptions } from "./options.ts";
import { Recurrent } from "./recurrent.ts";

export interface MinLstmLayerOptions extends MinGruLayerOptions {
  /** Add 1 to the forget gate's initial bias, so that the state lasts from the start; default true */
  unitForgetBias?: boolean;
}

interface Settings extends RecurrentLayerOptions {
  positive: boolean;
  unitForgetBias: boolean;
}

export class MinLstm extends Recurrent<Settings> {
  readonly kind = "minLSTM";
  readonly gates = minimalGates("minLstm");
  readonly stateNames = ["h"];

  override initialized(bias: Float32Array, name: string): void {
    const { units, unitForgetBias } = this.options;
    if (name === "bias" && unitForgetBias) bias.fill(1, units, 2 * units);
  }

  protected override packedSize(C: number): number {
    return inputPackedSize(C, this.options.units, this.gates);
  }

  protected override cell(): Cell {
    const [kernel, bias] = this.weights;
    return minimalCell("minLstm", { kernel, bias, packed: this.packed[0] }, this.options);
  }
}

/**
 * The minimal LSTM: its gates do not see the hidden state, so that all products are one over all steps, and share one:
 * i = sigmoid(x·Wi + bi), f = sigmoid(x·Wf + bf), h = (f·h + i·(x·Wg + bg)) / (i + f). x [N, T, C] -> [N, units], or
 * [N, T, units] with `returnSequences`; with `returnState` also the last hidden state [N, units]. Weights, with parts
 * i f g: kernel [C, 3·units], bias [3·units].
 *
 * @param options see {@link MinLstmLayerOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Feng et al., "Were RNNs all we needed?", 2024, arXiv 2410.01201
 * @example layers.minLSTM({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function minLSTM(options: MinLstmLayerOptions): Layer {
  const title = titleOf(options, "minLSTM");
  const shared = expectInputAloneOptions(options, "minLSTM", ["positive", "unitForgetBias"]);
  return new MinLstm({
    ...shared,
    positive: expectBoolean(options.positive ?? false, `${title} positive`),
    unitForgetBias: expectBoolean(options.unitForgetBias ?? true, `${title} unitForgetBias`),
  });
}
