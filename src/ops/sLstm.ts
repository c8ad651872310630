import type { Cell } from "./recurrent/cell.ts";
import { bindUniform } from "./recurrent/uniform.ts";
import { compileUniform } from "./recurrent/uniformStep.ts";
import type { RecurrentWeights } from "./recurrent/weights.ts";

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
    compile: (program, x, cell, layer) => compileUniform(program, x, cell, "sLstmStep", weights, layer),
  };
}
