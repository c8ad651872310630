/** The products of the GRUs and their gradients; see assembly/recurrent/gruProducts.ts for the layouts. */
import type { Context } from "../context.ts";
import type { StepProgram, StepValue } from "../models/stepProgram.ts";
import type { Tensor } from "../tensor.ts";
import { weightGradient } from "./products.ts";
import {
  type BoundCell,
  type Buffers,
  type Cell,
  type HiddenMasks,
  packedColumns,
  padded,
  type RowRange,
  wholeWidePanels,
} from "./recurrent/cell.ts";
import { bindInput } from "./recurrent/inputSide.ts";
import { addMaskedGate, transposeByGate } from "./recurrent/maskedGates.ts";
import type { Steps } from "./recurrent/steps.ts";
import { compileStep } from "./recurrent/uniformStep.ts";
import { type RecurrentWeights, type Sizes, sizesOf } from "./recurrent/weights.ts";

const GATES = 3;

/** Elements that the packed weights of a GRU take, in any form. */
export function gruPackedSize(C: number, H: number): number {
  const P = padded(H);
  return (packedColumns(2 * P) + packedColumns(P)) * (C + H);
}

/**
 * All weights, or all but kernel: those of z and r for rows [x | h], the candidate's for x and for h.
 *
 * @param apart z and r one after the other
 */
function packGates(
  { kernels }: Context,
  packed: number,
  { kernel, recurrentKernel }: RecurrentWeights,
  { C, H }: Sizes,
  wide: boolean,
  apart = false,
): void {
  const P = padded(H);
  let at = packed;
  for (const [first, gates, x, h] of [
    ...(apart
      ? [
          [0, 1, C, H],
          [1, 1, C, H],
        ]
      : [[0, 2, C, H]]),
    [2, 1, C, 0],
    [2, 1, 0, H],
  ]) {
    const [k, r] = [kernel, recurrentKernel].map(({ pointer }) => pointer + 4 * first * H);
    kernels.recurrentPackPart(at, k, x, r, h, H, gates, GATES, wide);
    at += 4 * (wide ? wholeWidePanels(gates * P) * (x + h) : kernels.packedSize(x + h, gates * P));
  }
}

function packTogether(context: Context, weights: RecurrentWeights, sizes: Sizes, wide = false): number {
  const pack = (p: number) => packGates(context, p, weights, sizes, wide);
  return weights.packed.ensure(context, pack, wide ? "together, wide" : "together");
}

function packApart(context: Context, weights: RecurrentWeights, sizes: Sizes, wide = false) {
  const { kernels } = context;
  const { G, C, H } = sizes;
  const kernelBytes = 4 * kernels.packedSize(C, G);
  const pack = (p: number) => {
    kernels.recurrentPack(p, weights.kernel.pointer, C, 0, 0, H, GATES, false);
    packGates(context, p + kernelBytes, weights, { ...sizes, C: 0 }, wide);
  };
  const pointer = weights.packed.ensure(context, pack, wide ? "apart, wide" : "apart");
  return { kernel: pointer, others: pointer + kernelBytes };
}

/** Each gate's weights by themselves, in the arena. */
function packByGate(context: Context, weights: RecurrentWeights, sizes: Sizes): number {
  const { kernels, memory } = context;
  const { C, H } = sizes;
  const P = padded(H);
  const packed = memory.allocate(
    2 * kernels.packedSize(C + H, P) + kernels.packedSize(C, P) + kernels.packedSize(H, P),
  );
  packGates(context, packed, weights, sizes, false, true);
  return packed;
}

/**
 * Writes what the sums of z, r and of x for the candidate begin with: [3P]; with resetAfter the biases of both sides.
 */
export function padInputBias({ kernels }: Context, row: number, bias: Tensor, H: number, resetAfter: boolean): void {
  const P = padded(H);
  kernels.recurrentPadGates(row, bias.pointer, 1, H, GATES);
  if (resetAfter) for (const gate of [0, 1]) kernels.add(row + 4 * gate * P, bias.pointer + 4 * (GATES + gate) * H, H);
}

/** Writes what the sum of h for the candidate begins with: [P]. */
function padRecurrentBias({ kernels }: Context, row: number, bias: Tensor, H: number): void {
  kernels.recurrentPadGates(row, bias.pointer + 4 * (2 * GATES - 1) * H, 1, H, 1);
}

export function bindGru(
  context: Context,
  x: Tensor,
  steps: Steps,
  weights: RecurrentWeights,
  resetAfter: boolean,
  masks: HiddenMasks | undefined,
): BoundCell {
  const { kernels, memory } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const sizes = sizesOf(weights, GATES);
  const { G, H } = sizes;
  const P = padded(H);
  const stride = (resetAfter ? GATES + 1 : GATES) * P;
  const apart = x.lookup ? packApart(context, weights, sizes) : undefined;
  const inputBias = bias ? memory.allocate(G) : 0;
  const recurrentBias = bias && resetAfter ? memory.allocate(P) : 0;
  if (bias) padInputBias(context, inputBias, bias, H, resetAfter);
  if (bias && recurrentBias) padRecurrentBias(context, recurrentBias, bias, H);
  const side = bindInput(context, x, steps, kernel, inputBias, sizes, () => apart?.kernel ?? 0);
  const packed = masks
    ? packByGate(context, weights, { ...sizes, C: side.width })
    : (apart?.others ?? packTogether(context, weights, sizes));
  return {
    ...side,
    frame: { ...side.frame, packed, recurrentBias },
    wanted: [...side.wanted, recurrentKernel, bias],
    transpose() {
      side.begin();
      if (masks) return transposeByGate(context, recurrentKernel, sizes);
      const packedTransposed = memory.allocate(kernels.packedSize(2 * P, H) + kernels.packedSize(P, H));
      const candidate = packedTransposed + 4 * kernels.packedSize(2 * P, H);
      kernels.recurrentPackTransposedPart(packedTransposed, recurrentKernel.pointer, H, H, 2, GATES);
      kernels.recurrentPackTransposedPart(candidate, recurrentKernel.pointer + 8 * H, H, H, 1, GATES);
      return { packedTransposed };
    },
    backward(buffers, rows) {
      const mark = memory.mark();
      side.backward(buffers.xh, buffers.gates, stride, rows);
      addRecurrentGradient(context, recurrentKernel, buffers, side.width, rows, sizes, resetAfter, masks);
      addBiasGradient(context, bias, buffers.gates, rows.count, sizes, resetAfter);
      memory.release(mark);
    },
  };
}

/** z and r see h, maybe through masks; the candidate sees r times that, or h with a gradient of its own. */
function addRecurrentGradient(
  context: Context,
  recurrentKernel: Tensor,
  { xh, gates, saved }: Buffers,
  width: number,
  rows: RowRange,
  sizes: Sizes,
  resetAfter: boolean,
  masks: HiddenMasks | undefined,
): void {
  const dRecurrent = context.tape?.gradientOf(recurrentKernel) ?? 0;
  if (!dRecurrent) return;
  const { G, H } = sizes;
  const P = padded(H);
  const stride = resetAfter ? G + P : G;
  const sum = context.memory.allocateZeros(H * G);
  const h = { pointer: xh + 4 * padded(width), stride: padded(width) + P };
  const dzOf = (slot: number) => ({ pointer: gates + 4 * slot * P, stride });
  const part = (gate: number, count: number, input: typeof h, slot = gate) => {
    const to = { pointer: sum + 4 * gate * P, stride: G };
    weightGradient(context, to, input, dzOf(slot), [H, count * P, rows.count]);
  };
  const masked = (gate: number, slot = gate) => {
    if (masks) addMaskedGate(context, sum, h, masks, gate, dzOf(slot), rows, { ...sizes, C: 0 });
    else part(gate, 1, h, slot);
  };
  if (masks) for (const gate of [0, 1]) masked(gate);
  else part(0, 2, h);
  if (resetAfter) masked(2, 3);
  else part(2, 1, { pointer: saved, stride: P });
  context.kernels.recurrentAddUnpadded(dRecurrent, sum, H, H, GATES);
}

function addBiasGradient(
  context: Context,
  bias: Tensor | undefined,
  dz: number,
  rows: number,
  { G, H }: Sizes,
  resetAfter: boolean,
): void {
  const { kernels, memory, tape } = context;
  const dBias = tape?.gradientOf(bias) ?? 0;
  if (!dBias) return;
  const P = padded(H);
  const stride = resetAfter ? G + P : G;
  const sums = memory.allocateZeros(stride);
  kernels.sumRows(sums, dz, rows, stride);
  if (!resetAfter) {
    kernels.recurrentAddUnpadded(dBias, sums, 1, H, GATES);
    return;
  }
  addInputBiasGradient(context, dBias, sums, H);
  kernels.recurrentAddUnpadded(dBias + 4 * 5 * H, sums + 4 * G, 1, H, 1);
}

/** The gradients of what `padInputBias` writes with resetAfter, sums [3P] over all rows. */
export function addInputBiasGradient({ kernels }: Context, dBias: number, sums: number, H: number): void {
  kernels.recurrentAddUnpadded(dBias, sums, 1, H, GATES);
  kernels.recurrentAddUnpadded(dBias + 4 * GATES * H, sums, 1, H, 2);
}

/** Adds a step of a GRU, for `Cell.compile`. */
export function compileGru(
  program: StepProgram,
  x: StepValue,
  cell: Cell,
  weights: RecurrentWeights,
  resetAfter: boolean,
  layer: string,
): StepValue {
  const sizes = sizesOf(weights, GATES);
  const { bias } = weights;
  const { H } = sizes;
  const recurrentBias = bias && resetAfter ? program.allocate(wholeWidePanels(padded(H))).pointer : 0;
  if (bias && recurrentBias) program.onWeights(() => padRecurrentBias(program.context, recurrentBias, bias, H));
  const frame = { ...cell.frame, recurrentBias };
  const forStep = {
    sizes,
    padBias: bias && ((row: number) => padInputBias(program.context, row, bias, H, resetAfter)),
    together: () => packTogether(program.context, weights, sizes, true),
    apart: () => packApart(program.context, weights, sizes, true),
  };
  const step = resetAfter ? "gruStep" : "gruResetBeforeStep";
  return compileStep(program, x, { ...cell, frame }, step, forStep, layer);
}
