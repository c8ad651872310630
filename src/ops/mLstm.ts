import { type Cell, padded } from "./recurrent/cell.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";

export interface MLstmCellOptions {
  units: number;
  /** Parts of the units, each with a matrix of memory; divides `units` */
  heads: number;
}

/** Columns of kernel: q k v o of each unit, i f of each head. */
export function mLstmWidth({ units, heads }: MLstmCellOptions): number {
  return 4 * units + 2 * heads;
}

/** Sizes of h, the matrices C [heads, D, D] with D = units / heads, the sums n of their keys, and the scales m. */
export function mLstmStates({ units, heads }: MLstmCellOptions): number[] {
  return [units, (units * units) / heads, units, heads];
}

/** The mLSTM. */
export function mLstmCell(weights: InputWeights, options: MLstmCellOptions): Cell {
  const { kernel, bias } = weights;
  const { units, heads } = options;
  const [, ...stateSizes] = mLstmStates(options);
  const cell: Cell = {
    forward: "mLstmForward",
    backward: "mLstmBackward",
    units,
    hidden: units,
    gates: 0,
    states: stateSizes.length,
    stateSizes,
    saved: 2,
    flop: 10 * stateSizes[0],
    frame: {
      heads,
      gatesRow: padded(mLstmWidth(options)),
      stateRow: stateSizes.reduce((sum, size) => sum + padded(size), 0),
    },
    weights: [kernel, bias],
    bind: (context, x, steps) => bindInputAlone(context, x, steps, weights, 1),
    compile: (program, x, layer) => compileInputAlone(program, x, cell, "mLstmStep", weights, 1, layer),
  };
  return cell;
}
