/** The LSTM with layer normalization; see assembly/cells/layerNormLstm.ts. */
import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Context } from "../context.ts";
import type { StepProgram } from "../models/stepProgram.ts";
import type { Tensor } from "../tensor.ts";
import { type BoundCell, type Cell, padded } from "./recurrent/cell.ts";
import { addBias } from "./recurrent/gradients.ts";
import { bindHidden } from "./recurrent/hiddenSide.ts";
import { projectInput } from "./recurrent/inputSide.ts";
import { normalizeProjection } from "./recurrent/normalizeProjection.ts";
import type { Steps } from "./recurrent/steps.ts";
import { compileUniform } from "./recurrent/uniformStep.ts";
import { packApart, paddedBias, type RecurrentWeights, sizesOf } from "./recurrent/weights.ts";

const GATES = 4;
/** Slots of the gains and the bias inside the loop over time: those of h·recurrentKernel, and two of the cell state. */
const NORM = GATES + 2;
const SAVED = 7;

export interface LayerNormLstmWeights extends RecurrentWeights {
  /** [2, 4H]: gains of x·kernel and of h·recurrentKernel */
  gamma: Tensor;
  /** [H]: gain of the cell state */
  cellGamma: Tensor;
  /** [H]: what is added to that */
  cellBeta: Tensor;
}

export interface LayerNormLstmOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
}

/** Writes the words `norm` of the frame. */
function padNorm(context: Context, pointer: number, { gamma, cellGamma, cellBeta }: LayerNormLstmWeights): void {
  const [H] = cellGamma.shape;
  const P = padded(H);
  const { recurrentPadGates } = context.kernels;
  recurrentPadGates(pointer, gamma.pointer + 4 * GATES * H, 1, H, GATES);
  recurrentPadGates(pointer + 4 * GATES * P, cellGamma.pointer, 1, H, 1);
  recurrentPadGates(pointer + 4 * (GATES + 1) * P, cellBeta.pointer, 1, H, 1);
}

function bind(context: Context, x: Tensor, steps: Steps, weights: LayerNormLstmWeights, masked: boolean): BoundCell {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta } = weights;
  const sizes = sizesOf(weights, GATES);
  const { G, H } = sizes;
  const [N] = x.shape;
  const normSize = NORM * padded(H);
  const packed = packApart(context, weights, sizes);
  const norm = memory.allocate(normSize);
  padNorm(context, norm, weights);
  const after = normalizeProjection(context, gamma, paddedBias(context, bias, sizes), sizes);
  const input = projectInput(context, x, steps, kernel, 0, sizes, packed.kernel, after);
  const hidden = bindHidden(context, weights, sizes, () => packed.recurrentKernel, masked);
  let normSums = 0;

  function addNormGradients(): void {
    const sums = memory.allocateZeros(normSize);
    kernels.sumRows(sums, normSums, N, normSize);
    const [dGamma, dCellGamma, dCellBeta] = [gamma, cellGamma, cellBeta].map(tensor => tape?.gradientOf(tensor) ?? 0);
    if (dGamma) kernels.recurrentAddUnpadded(dGamma + 4 * GATES * H, sums, 1, H, GATES);
    if (dCellGamma) kernels.recurrentAddUnpadded(dCellGamma, sums + 4 * G, 1, H, 1);
    if (dCellBeta) kernels.recurrentAddUnpadded(dCellBeta, sums + 4 * (G + padded(H)), 1, H, 1);
  }

  return {
    ...input,
    frame: { ...input.frame, packed: hidden.packed, norm },
    wanted: [...input.wanted, recurrentKernel, bias, gamma, cellGamma, cellBeta],
    transpose() {
      input.begin();
      normSums = memory.allocateZeros(N * normSize);
      return { ...hidden.transpose(), normSums };
    },
    backward(buffers, rows) {
      const { xh, gates: dz, saved } = buffers;
      const mark = memory.mark();
      hidden.addGradient(buffers, saved, SAVED * padded(H), rows.count);
      const { pointer, count } = input.backward(xh, dz, G, rows) ?? { pointer: dz, count: rows.count };
      addBias(context, bias, pointer, count, sizes);
      if (rows.last) addNormGradients();
      memory.release(mark);
    },
  };
}

/** What a stream does with x·kernel. */
function compileNorm(program: StepProgram, weights: LayerNormLstmWeights) {
  const sizes = sizesOf(weights, GATES);
  const { G, H } = sizes;
  const [norm, gain] = [NORM * padded(H), G].map(size => program.allocate(size).pointer);
  program.onWeights(() => {
    padNorm(program.context, norm, weights);
    program.kernels.recurrentPadGates(gain, weights.gamma.pointer, 1, H, GATES);
  });
  const after = (rows: number, bias: number, count: number) =>
    program.kernels.layerNormForward(rows, rows, 0, rows, gain, bias, count, GATES, H);
  return { norm, after };
}

/** Its states are h and c. */
export function layerNormLstmCell(weights: LayerNormLstmWeights, options: LayerNormLstmOptions): Cell {
  const { kernel, recurrentKernel, bias, gamma, cellGamma, cellBeta } = weights;
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
    bind: (context, x, steps, masked) => bind(context, x, steps, weights, masked),
    compile(program, x, cell, layer) {
      const { norm, after } = compileNorm(program, weights);
      const withNorm = { ...cell, frame: { ...cell.frame, norm } };
      return compileUniform(program, x, withNorm, "layerNormLstmStep", weights, layer, after);
    },
  };
}
