/** The LSTM and the GRU with layer normalization; see assembly/cells/layerNormLstm.ts and layerNormGru.ts. */
import { activationKind, type ElementwiseActivation } from "../activations.ts";
import { LAYER_NORM_GRU } from "../engine/families/layerNormGru.generated.ts";
import type { Family } from "../engine/kernels.ts";
import type { Tensor } from "../tensor.ts";
import type { Cell } from "./run/cell.ts";
import { addBias } from "./run/gradients.ts";
import { GRU_GATES } from "./run/gruPacking.ts";
import { addInputBiasGradient, padInputBias } from "./run/gruProducts.ts";
import { bindNormalized, compileNormalized, type Normalized, type NormalizedWeights } from "./run/layerNorm.ts";
import { padBias, sizesOf } from "./run/weights.ts";

const GATES = 4;
const LSTM_SAVED = 7;

export interface LayerNormLstmWeights extends NormalizedWeights {
  /** [H]: gain of the cell state */
  cellGamma: Tensor;
  /** [H]: what is added to that */
  cellBeta: Tensor;
}

export interface NormalizedOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  layerNormEpsilon: number;
}

/** Its states are h and c. */
export function layerNormLstmCell(weights: LayerNormLstmWeights, options: NormalizedOptions): Cell {
  const { kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta } = weights;
  const sizes = sizesOf(weights, GATES);
  const normalized: Normalized = {
    epsilon: options.layerNormEpsilon,
    gates: GATES,
    saved: LSTM_SAVED,
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
    saved: LSTM_SAVED,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
      epsilon: options.layerNormEpsilon,
    },
    weights: [kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta],
    bind: (context, x, steps, masks) => bindNormalized(context, x, steps, weights, normalized, masks),
    compile: (program, x, cell) => compileNormalized(program, x, cell, "layerNormLstmStep", weights, normalized),
  };
}

const GRU_SAVED = 5;

/** Kernels that options need in the place of those of the plain GRU. */
export const layerNormGruFamilies = (options: { layerNorm: boolean }): Family[] | undefined =>
  options.layerNorm ? [LAYER_NORM_GRU] : undefined;

/** Resets after its product; its state is h. */
export function layerNormGruCell(weights: NormalizedWeights, options: NormalizedOptions): Cell {
  const { kernel, recurrentKernel, bias, gamma } = weights;
  const sizes = sizesOf(weights, GRU_GATES);
  const { G, H } = sizes;
  const normalized: Normalized = {
    epsilon: options.layerNormEpsilon,
    gates: GRU_GATES,
    saved: GRU_SAVED,
    others: [bias && { weight: bias, from: (2 * GRU_GATES - 1) * H }], // of h for the candidate
    padBias: (context, row, tensor) => padInputBias(context, row, tensor, H, true),
    addBias(context, tensor, dz, count) {
      const { kernels, memory, tape } = context;
      const dBias = tape?.gradientOf(tensor) ?? 0;
      if (!dBias) return;
      const sums = memory.allocateZeros(G);
      kernels.sumRows(sums, dz, count, G);
      addInputBiasGradient(context, dBias, sums, H);
    },
  };
  return {
    forward: "layerNormGruForward",
    backward: "layerNormGruBackward",
    units: recurrentKernel.shape[0],
    hidden: recurrentKernel.shape[0],
    gates: GRU_GATES,
    maskedGates: GRU_GATES,
    states: 0,
    saved: GRU_SAVED,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
      epsilon: options.layerNormEpsilon,
    },
    weights: [kernel, recurrentKernel, bias, gamma],
    bind: (context, x, steps, masks) => bindNormalized(context, x, steps, weights, normalized, masks),
    compile: (program, x, cell) => compileNormalized(program, x, cell, "layerNormGruStep", weights, normalized),
  };
}
