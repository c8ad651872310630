import { expectBoolean } from "../../expect.ts";
import { minimalCell, minimalGates } from "../../ops/minimalCells.ts";
import type { Cell } from "../../ops/recurrent/cell.ts";
import { inputPackedSize } from "../../ops/recurrent/inputAlone.ts";
import { type Layer, titleOf } from "../layer.ts";
import { expectInputAloneOptions, type InputAloneOptions } from "./inputAlone.ts";
import type { RecurrentLayerOptions } from "./options.ts";
import { Recurrent } from "./recurrent.ts";

export interface MinGruLayerOptions extends InputAloneOptions {
  /** Candidates through g(z) = z + 1/2 for z >= 0, sigmoid(z) below, which keeps the state above 0; default false */
  positive?: boolean;
}

interface Settings extends RecurrentLayerOptions {
  positive: boolean;
}

export class MinGru extends Recurrent<Settings> {
  readonly kind = "minGRU";
  readonly gates = minimalGates("minGru");
  readonly stateNames = ["h"];

  protected override packedSize(C: number): number {
    return inputPackedSize(C, this.options.units, this.gates);
  }

  protected override cell(): Cell {
    const [kernel, bias] = this.weights;
    return minimalCell("minGru", { kernel, bias, packed: this.packed[0] }, this.options);
  }
}

/**
 * The minimal gated recurrent unit: its gate does not see the hidden state, so that all products are one over all steps.
 * z = sigmoid(x·Wz + bz), h = (1 - z)·h + z·(x·Wg + bg). x [N, T, C] -> [N, units], or [N, T, units] with
 * `returnSequences`; with `returnState` also the last hidden state [N, units]. Weights, with parts z g: kernel
 * [C, 2·units], bias [2·units].
 *
 * @param options see {@link MinGruLayerOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Feng et al., "Were RNNs all we needed?", 2024, arXiv 2410.01201
 * @example layers.minGRU({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function minGRU(options: MinGruLayerOptions): Layer {
  const title = titleOf(options, "minGRU");
  const shared = expectInputAloneOptions(options, "minGRU", ["positive"]);
  return new MinGru({ ...shared, positive: expectBoolean(options.positive ?? false, `${title} positive`) });
}
