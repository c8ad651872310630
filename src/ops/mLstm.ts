import type { Tensor } from "../tensor.ts";
import { type Cell, padded } from "./recurrent/cell.ts";
import { bindExtra, compileExtra, type ExtraWeight } from "./recurrent/extraWeights.ts";
import { bindInputAlone, compileInputAlone, type InputWeights } from "./recurrent/inputAlone.ts";

/** Steps taken together in training; matrices are kept as often. More make pairs of steps dearer than matrices. */
const STEPS_TOGETHER = 32;

export interface MLstmWeights extends InputWeights {
  /** [H]: gains of the output, which then is normalized over each head */
  gamma?: Tensor | undefined;
}

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
export function mLstmCell(weights: MLstmWeights, options: MLstmCellOptions): Cell {
  const { kernel, bias, gamma } = weights;
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
    saved: 8,
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
    weights: [kernel, bias, gamma],
    bind(context, x, steps) {
      const extras = gamma ? [gainWeight(gamma, x.shape[0])] : [];
      return bindExtra(context, bindInputAlone(context, x, steps, weights, 1), extras);
    },
    compile(program, x, cell, layer) {
      const extras = gamma ? [gainWeight(gamma, 1)] : [];
      const frame = { ...cell.frame, ...compileExtra(program, extras) };
      return compileInputAlone(program, x, { ...cell, frame }, "mLstmStep", weights, 1, layer);
    },
  };
}

/** @param N sequences of the batch: each sums its own part of the gradient, whatever thread it runs in */
function gainWeight(weight: Tensor, N: number): ExtraWeight {
  const H = weight.size;
  const P = padded(H);
  let normSums = 0;
  return {
    weight,
    word: "norm",
    size: P,
    prepare: ({ kernels }, pointer) => kernels.recurrentPadGates(pointer, weight.pointer, 1, H, 1),
    transpose({ memory }) {
      normSums = memory.allocateZeros(N * P);
      return { normSums };
    },
    addGradient({ kernels, memory }, gradient, _buffers, { last }) {
      if (!last) return;
      const mark = memory.mark();
      const sums = memory.allocateZeros(P);
      kernels.sumRows(sums, normSums, N, P);
      kernels.recurrentAddUnpadded(gradient, sums, 1, H, 1);
      memory.release(mark);
    },
  };
}
