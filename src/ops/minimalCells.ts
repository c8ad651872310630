/** The minGRU and the minLSTM, whose gates see x alone; their state is h. */
import type { Cell } from "./recurrent/cell.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";

export interface MinimalCellOptions {
  /** Whether candidates go through g, which keeps the state above 0 */
  positive: boolean;
}

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
    compile: (program, x, cell, layer) => compileInputAlone(program, x, cell, step, weights, gates, layer),
  };
}
