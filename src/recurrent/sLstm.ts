import { S_LSTM } from "../engine/families/sLstm.generated.ts";
import { initializer } from "../initializers.ts";
import { boolean, type Checked, type Input, optional, options } from "../options.ts";
import { Recurrent } from "./fusedLayer.ts";
import { type RecurrentOptions, type RecurrentSettings, recurrentSettings, STATES_TOGETHER } from "./options.ts";
import type { Cell } from "./run/cell.ts";
import { bindUniform } from "./run/uniform.ts";
import { compileUniform } from "./run/uniformStep.ts";
import type { RecurrentWeights } from "./run/weights.ts";

/** Gates i f z o. */
export const S_LSTM_GATES = 4;

/** The sLSTM; its states are h, c, n and m. */
export function sLstmCell(weights: RecurrentWeights): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  return {
    forward: "sLstmForward",
    backward: "sLstmBackward",
    units: kernel.shape[1] / S_LSTM_GATES,
    hidden: recurrentKernel.shape[0],
    gates: S_LSTM_GATES,
    states: 3,
    saved: 1,
    maskedGates: S_LSTM_GATES,
    frame: {},
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps, masks) => bindUniform(context, x, steps, weights, S_LSTM_GATES, masks),
    compile: (program, x, cell) => compileUniform(program, x, cell, "sLstmStep", weights),
  };
}

import type { RecurrentLayer } from "./sequenceLayer.ts";

const OPTIONS = options({
  /**
   * Add to the forget gates' initial biases what spreads them from 5, the first unit, to -7, the last, by a power law:
   * units that remember long and units that do not. Default true
   */
  spreadForgetBias: optional(boolean, true),
});
const CHANGED = options({
  ...STATES_TOGETHER,
  /** Default "zeros": a cell begins to see its hidden state as it learns */
  recurrentInitializer: optional(initializer, "zeros"),
});

export interface SLstmLayerOptions
  extends Input<typeof OPTIONS>,
    Pick<Input<typeof CHANGED>, "recurrentInitializer">,
    RecurrentOptions {}

export class SLstm extends Recurrent<Checked<typeof OPTIONS> & RecurrentSettings, RecurrentWeights> {
  readonly kind = "sLSTM";
  readonly gates = S_LSTM_GATES;
  readonly stateNames = ["h", "c", "n", "m"];

  override get families() {
    return [S_LSTM];
  }

  override initialized(bias: Float32Array, name: string): void {
    const { units, spreadForgetBias } = this.options;
    if (name !== "bias" || !spreadForgetBias) return;
    for (let j = 0; j < units; j++) bias[units + j] += 5 - 12 * (j / Math.max(1, units - 1)) ** 0.3;
  }

  protected override cellOf(weights: RecurrentWeights): Cell {
    return sLstmCell(weights);
  }
}

/**
 * The LSTM of xLSTM with scalar memory and exponential gates, in the form that cannot overflow. With z = x·kernel +
 * h·recurrentKernel + bias: i = e^zi, f = sigmoid(zf), c = f·c + i·tanh(zz), n = f·n + i, h = sigmoid(zo)·c / n, where c
 * and n are kept divided by e^m. One head: recurrentKernel is full. Of the paper's block this is the cell alone, without
 * its norms, convolution and projections.
 *
 * x [N, T, C] -> [N, units], or [N, T, units] with `returnSequences`; with `returnState` also the last h, c, n and m,
 * [N, units] each. Weights, with gates i f z o: kernel [C, 4·units], recurrentKernel [units, 4·units], bias [4·units].
 *
 * @param options see {@link SLstmLayerOptions}
 * @throws TypeError or RangeError for an option of the wrong type or value
 * @see Beck et al., "xLSTM: extended long short-term memory", 2024, arXiv 2405.04517
 * @example layers.sLSTM({ units: 50, returnSequences: true, inputShape: [20, 10] })
 */
export function sLSTM(options: SLstmLayerOptions): RecurrentLayer {
  return new SLstm(recurrentSettings(options, "sLSTM", OPTIONS, CHANGED));
}
