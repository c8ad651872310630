/** The LSTM with layer normalization; see assembly/cells/layerNormLstm.ts. */
import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Tensor } from "../tensor.ts";
import type { Cell } from "./recurrent/cell.ts";
import { addBias } from "./recurrent/gradients.ts";
import { bindNormalized, compileNormalized, type Normalized, type NormalizedWeights } from "./recurrent/layerNorm.ts";
import { padBias, sizesOf } from "./recurrent/weights.ts";

const GATES = 4;
const SAVED = 7;

export interface LayerNormLstmWeights extends NormalizedWeights {
  /** [H]: gain of the cell state */
  cellGamma: Tensor;
  /** [H]: what is added to that */
  cellBeta: Tensor;
}

export interface LayerNormLstmOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
}

/** Its states are h and c. */
export function layerNormLstmCell(weights: LayerNormLstmWeights, options: LayerNormLstmOptions): Cell {
  const { kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta } = weights;
  const sizes = sizesOf(weights, GATES);
  const normalized: Normalized = {
    gates: GATES,
    saved: SAVED,
    others: [cellGamma, cellBeta].map(weight => ({ weight, from: 0 })),
    padBias: (context, row, tensor) => padBias(context, row, tensor, sizes),
    addBias: (context, tensor, dz, count) => addBias(context, tensor, dz, count, sizes),
  };
  return {
    forward: "layerNormLstmForward",
    backward: "layerNormLstmBackward",
    units: recurrentKernel.shape[0],
    hidden: recurrentKernel.shape[0],
    gates: GATES,
    maskedGates: GATES,
    states: 1,
    saved: SAVED,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
    },
    weights: [kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta],
    bind: (context, x, steps, masks) => bindNormalized(context, x, steps, weights, normalized, masks),
    compile: (program, x, cell, layer) =>
      compileNormalized(program, x, cell, "layerNormLstmStep", weights, normalized, layer),
  };
}
