import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Cell } from "./recurrent/cell.ts";
import { bindUniform } from "./recurrent/uniform.ts";
import { compileUniform } from "./recurrent/uniformStep.ts";
import type { RecurrentWeights } from "./recurrent/weights.ts";

export interface LstmCellOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
}

/** Gates i f g o. */
export const LSTM_GATES = 4;

/** The LSTM; its states are h and c. */
export function lstmCell(weights: RecurrentWeights, options: LstmCellOptions): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  const cell: Cell = {
    forward: "lstmForward",
    backward: "lstmBackward",
    units: kernel.shape[1] / LSTM_GATES,
    hidden: recurrentKernel.shape[0],
    gates: LSTM_GATES,
    states: 1,
    saved: 1,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
    },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps) => bindUniform(context, x, steps, weights, LSTM_GATES),
    compile: (program, x, layer) => compileUniform(program, x, cell, "lstmStep", weights, layer),
  };
  return cell;
}
