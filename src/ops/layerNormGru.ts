/** The GRU with layer normalization; see assembly/cells/layerNormGru.ts. */
import { activationKind } from "../activations.ts";
import type { GruCellOptions } from "./gru.ts";
import { addInputBiasGradient, padInputBias } from "./gruBias.ts";
import { GRU_GATES } from "./gruPacking.ts";
import type { Cell } from "./recurrent/cell.ts";
import { bindNormalized, compileNormalized, type Normalized, type NormalizedWeights } from "./recurrent/layerNorm.ts";
import { sizesOf } from "./recurrent/weights.ts";

const SAVED = 5;

/** Resets after its product; its state is h. */
export function layerNormGruCell(
  weights: NormalizedWeights,
  options: Pick<GruCellOptions, "activation" | "recurrentActivation">,
): Cell {
  const { kernel, recurrentKernel, bias, gamma } = weights;
  const sizes = sizesOf(weights, GRU_GATES);
  const { G, H } = sizes;
  const normalized: Normalized = {
    gates: GRU_GATES,
    saved: SAVED,
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
    saved: SAVED,
    frame: {
      activation: activationKind(options.activation),
      recurrentActivation: activationKind(options.recurrentActivation),
    },
    weights: [kernel, recurrentKernel, bias, gamma],
    bind: (context, x, steps, masks) => bindNormalized(context, x, steps, weights, normalized, masks),
    compile: (program, x, cell, layer) =>
      compileNormalized(program, x, cell, "layerNormGruStep", weights, normalized, layer),
  };
}
