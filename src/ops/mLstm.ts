import { type Cell, padded } from "./recurrent/cell.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";
import { STEPS_TOGETHER } from "./recurrent/segments.ts";

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

/** Elements of scratch of a sequence, see assembly/cells/mLstmSteps.ts. */
function scratchSize({ units, heads }: MLstmCellOptions, steps: number): number {
  const row = 8 * Math.ceil(units / heads / 8);
  return 11 * steps * row + 8 * row + 4 * steps + 4 + 6 * steps ** 2;
}

/** The mLSTM. */
export function mLstmCell(weights: InputWeights, options: MLstmCellOptions): Cell {
  const { kernel, bias } = weights;
  const { units, heads } = options;
  const [, ...stateSizes] = mLstmStates(options);
  return {
    forward: "mLstmForward",
    backward: "mLstmBackward",
    units,
    hidden: units,
    gates: 0,
    states: stateSizes.length,
    stateSizes,
    saved: 7,
    keeps: {
      every: STEPS_TOGETHER,
      size: padded(stateSizes[0]),
      scratch: scratchSize(options, STEPS_TOGETHER),
    },
    // The mean of both directions: matrices, then what is done by unit and by pairs of steps taken together.
    flop: 6 * stateSizes[0] + 76 * units,
    frame: {
      heads,
      gatesRow: padded(mLstmWidth(options)),
      stateRow: stateSizes.reduce((sum, size) => sum + padded(size), 0),
    },
    weights: [kernel, bias],
    bind: (context, x, steps) => bindInputAlone(context, x, steps, weights, 1),
    compile: (program, x, cell, layer) => compileInputAlone(program, x, cell, "mLstmStep", weights, 1, layer),
  };
}
