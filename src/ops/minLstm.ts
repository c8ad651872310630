import type { MinimalCellOptions } from "./minGru.ts";
import type { Cell } from "./recurrent/cell.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";

/** Gates i f g. */
export const MIN_LSTM_GATES = 3;

/** The minLSTM; its state is h. */
export function minLstmCell(weights: InputWeights, { positive }: MinimalCellOptions): Cell {
  const { kernel, bias } = weights;
  const units = kernel.shape[1] / MIN_LSTM_GATES;
  const cell: Cell = {
    forward: "minLstmForward",
    backward: "minLstmBackward",
    units,
    hidden: units,
    gates: MIN_LSTM_GATES,
    states: 0,
    saved: 1,
    flop: 70 * units,
    frame: { positive: Number(positive) },
    weights: [kernel, bias],
    bind: (context, x, steps) => bindInputAlone(context, x, steps, weights, MIN_LSTM_GATES),
    compile: (program, x, layer) => compileInputAlone(program, x, cell, "minLstmStep", weights, MIN_LSTM_GATES, layer),
  };
  return cell;
}
