import type { Cell } from "./recurrent/cell.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";

export interface MinimalCellOptions {
  /** Whether candidates go through g, which keeps the state above 0 */
  positive: boolean;
}

/** Gates z g. */
export const MIN_GRU_GATES = 2;

/** The minGRU; its state is h. */
export function minGruCell(weights: InputWeights, { positive }: MinimalCellOptions): Cell {
  const { kernel, bias } = weights;
  const units = kernel.shape[1] / MIN_GRU_GATES;
  const cell: Cell = {
    forward: "minGruForward",
    backward: "minGruBackward",
    units,
    hidden: units,
    gates: MIN_GRU_GATES,
    states: 0,
    saved: 0,
    flop: 40 * units,
    frame: { positive: Number(positive) },
    weights: [kernel, bias],
    bind: (context, x, steps) => bindInputAlone(context, x, steps, weights, MIN_GRU_GATES),
    compile: (program, x, layer) => compileInputAlone(program, x, cell, "minGruStep", weights, MIN_GRU_GATES, layer),
  };
  return cell;
}
