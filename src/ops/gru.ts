import { activationKind, type ElementwiseActivation } from "../activations.ts";
import { GRU_GATES } from "./gruPacking.ts";
import { bindGru, compileGru } from "./gruProducts.ts";
import type { Cell } from "./recurrent/cell.ts";
import type { RecurrentWeights } from "./recurrent/weights.ts";

export interface GruCellOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  /** Whether the reset gate acts after the candidate's product with h; the bias is then [2, 3H], else [3H] */
  resetAfter: boolean;
}

/** The gated recurrent unit; its state is h. */
export function gruCell(weights: RecurrentWeights, { resetAfter, ...options }: GruCellOptions): Cell {
  const { kernel, recurrentKernel, bias } = weights;
  return {
    ...(resetAfter
      ? // The candidate's sums of x and of h, apart, since r multiplies one of them.
        { forward: "gruForward", backward: "gruBackward", gates: GRU_GATES + 1, saved: 0 }
      : { forward: "gruResetBeforeForward", backward: "gruResetBeforeBackward", gates: GRU_GATES, saved: 1 }),
    units: kernel.shape[1] / GRU_GATES,
    hidden: recurrentKernel.shape[0],
    states: 0,
    maskedGates: GRU_GATES,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
    },
    weights: [kernel, recurrentKernel, bias],
    bind: (context, x, steps, masks) => bindGru(context, x, steps, weights, resetAfter, masks),
    compile: (program, x, cell, layer) => compileGru(program, x, cell, weights, resetAfter, layer),
  };
}
