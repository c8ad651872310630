/** The minGRU and the minLSTM, whose gates see x alone; their state is h. */
import { MINIMAL } from "../engine/families/minimal.generated.ts";
import { boolean, type Checked, type Input, optional, options } from "../options.ts";
import { Recurrent } from "./fusedLayer.ts";
import { H_ALONE, INPUT_ALONE, type InputAloneOptions, type RecurrentSettings, recurrentSettings } from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { bindInputAlone, compileInputAlone, type InputWeights, inputPackedSize } from "./run/inputAlone.ts";

export interface MinimalCellOptions {
  /** Whether candidates go through g, which keeps the state above 0 */
  positive: boolean;
}

import type { RecurrentLayer } from "./sequenceLayer.ts";

const KINDS = {
  /** Gates z g */
  minGru: { forward: "minGruForward", backward: "minGruBackward", step: "minGruStep", gates: 2, saved: 0, flop: 40 },
  /** Gates i f g */
  minLstm: {
    forward: "minLstmForward",
    backward: "minLstmBackward",
    step: "minLstmStep",
    gates: 3,
    saved: 1,
    flop: 70,
  },
} as const;

export type MinimalCell = keyof typeof KINDS;

/** How many gates a kind has. */
export const minimalGates = (kind: MinimalCell): number => KINDS[kind].gates;

export function minimalCell(kind: MinimalCell, weights: InputWeights, { positive }: MinimalCellOptions): Cell {
  const { forward, backward, step, gates, saved, flop } = KINDS[kind];
  const { kernel, bias } = weights;
  const units = kernel.shape[1] / gates;
  return {
    forward,
    backward,
    units,
    hidden: units,
    gates,
    states: 0,
    saved,
    flop: flop * units,
    frame: { positive: Number(positive) },
    weights: [kernel, bias],
    bind: (context, x, steps) => bindInputAlone(context, x, steps, weights, gates),
    compile: (program, x, cell) => compileInputAlone(program, x, cell, step, weights, gates),
  };
}

const CHANGED = { ...INPUT_ALONE, ...H_ALONE };

const GRU_OPTIONS = options({
  /** Candidates through g(z) = z + 1/2 for z >= 0, sigmoid(z) below, which keeps the state above 0; default false */
  positive: optional(boolean, false),
});

export interface MinGruLayerOptions extends Input<typeof GRU_OPTIONS>, InputAloneOptions {}

export class MinGru extends Recurrent<Checked<typeof GRU_OPTIONS> & RecurrentSettings, InputWeights> {
  readonly kind = "minGRU";
  readonly gates = minimalGates("minGru");
  readonly stateNames = ["h"];

  override get families() {
    return [MINIMAL];
  }

  protected override packedSize(C: number): number {
    return inputPackedSize(C, this.options.units, this.gates);
  }

  protected override cellOf(weights: InputWeights): Cell {
    return minimalCell("minGru", weights, this.options);
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
export function minGRU(options: MinGruLayerOptions): RecurrentLayer {
  return new MinGru(recurrentSettings(options, "minGRU", GRU_OPTIONS, CHANGED));
}

const LSTM_OPTIONS = options({
  ...GRU_OPTIONS,
  /** Add 1 to the forget gate's initial bias, so that the state lasts from the start; default true */
  unitForgetBias: optional(boolean, true),
});

export interface MinLstmLayerOptions extends Input<typeof LSTM_OPTIONS>, InputAloneOptions {}

export class MinLstm extends Recurrent<Checked<typeof LSTM_OPTIONS> & RecurrentSettings, InputWeights> {
  readonly kind = "minLSTM";
  readonly gates = minimalGates("minLstm");
  readonly stateNames = ["h"];

  override get families() {
    return [MINIMAL];
  }

  override initialized(bias: Float32Array, name: string): void {
    const { units, unitForgetBias } = this.options;
    if (name === "bias" && unitForgetBias) bias.fill(1, units, 2 * units);
  }

  protected override packedSize(C: number): number {
    return inputPackedSize(C, this.options.units, this.gates);
  }

  protected override cellOf(weights: InputWeights): Cell {
    return minimalCell("minLstm", weights, this.options);
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
export function minLSTM(options: MinLstmLayerOptions): RecurrentLayer {
  return new MinLstm(recurrentSettings(options, "minLSTM", LSTM_OPTIONS, CHANGED));
}
