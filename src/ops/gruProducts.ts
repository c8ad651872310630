/** The products of the GRUs and their gradients; see assembly/recurrent/gruProducts.ts for the layouts. */
import type { Context } from "../context.ts";
import type { StepProgram, StepValue } from "../models/stepProgram.ts";
import type { Tensor } from "../tensor.ts";
import { weightGradient } from "./products.ts";
import { type BoundCell, type Buffers, type Cell, packedColumns, padded, wholeWidePanels } from "./recurrent/cell.ts";
import { bindMasked } from "./recurrent/hiddenSide.ts";
import { bindInput } from "./recurrent/inputSide.ts";
import type { Steps } from "./recurrent/steps.ts";
import { compileStep } from "./recurrent/uniformStep.ts";
import { type RecurrentWeights, type Sizes, sizesOf } from "./recurrent/weights.ts";

const GATES = 3;

/** Elements that the packed weights of a GRU take, in any form. */
export function gruPackedSize(C: number, H: number): number {
  const P = padded(H);
  return (packedColumns(2 * P) + packedColumns(P)) * (C + H);
}

/** All weights, or all but kernel: those of z and r for rows [x | h], the candidate's for x and for h. */
function packGates(
  { kernels }: Context,
  packed: number,
  { kernel, recurrentKernel }: RecurrentWeights,
  { C, H }: Sizes,
  wide: boolean,
): void {
  const P = padded(H);
  let at = packed;
  for (const [first, gates, x, h] of [
    [0, 2, C, H],
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

/**
 * Writes what the sums of z, r and of x for the candidate begin with: [3P]; with resetAfter the biases of both sides.
 */
function padInputBias({ kernels }: Context, row: number, bias: Tensor, H: number, resetAfter: boolean): void {
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
  masked: boolean,
): BoundCell {
  const { kernels, memory } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const sizes = sizesOf(weights, GATES);
  const { G, H } = sizes;
  const P = padded(H);
  const stride = (resetAfter ? GATES + 1 : GATES) * P;
  const packed = x.lookup ? packApart(context, weights, sizes) : packTogether(context, weights, sizes);
  const [pointer, kernelAlone] = typeof packed === "number" ? [packed, 0] : [packed.others, packed.kernel];
  const inputBias = bias ? memory.allocate(G) : 0;
  const recurrentBias = bias && resetAfter ? memory.allocate(P) : 0;
  if (bias) padInputBias(context, inputBias, bias, H, resetAfter);
  if (bias && recurrentBias) padRecurrentBias(context, recurrentBias, bias, H);
  const side = bindInput(context, x, steps, kernel, inputBias, sizes, () => kernelAlone);
  const maskedSide = masked ? bindMasked(context, weights, sizes, side.width) : undefined;
  return {
    ...side,
    frame: { ...side.frame, packed: maskedSide?.packed ?? pointer, recurrentBias },
    wanted: [...side.wanted, recurrentKernel, bias],
    transpose() {
      side.begin();
      if (maskedSide) return maskedSide.transpose();
      const packedTransposed = memory.allocate(kernels.packedSize(2 * P, H) + kernels.packedSize(P, H));
      const candidate = packedTransposed + 4 * kernels.packedSize(2 * P, H);
      kernels.recurrentPackTransposedPart(packedTransposed, recurrentKernel.pointer, H, H, 2, GATES);
      kernels.recurrentPackTransposedPart(candidate, recurrentKernel.pointer + 8 * H, H, H, 1, GATES);
      return { packedTransposed };
    },
    backward(buffers, rows) {
      const mark = memory.mark();
      side.backward(buffers.xh, buffers.gates, stride, rows);
      if (maskedSide) {
        // What the candidate's product sees: h through its mask, or r times that.
        const last = resetAfter ? { slot: 3 } : { input: { pointer: buffers.saved, stride: P } };
        maskedSide.addGradient(buffers, buffers.gates, stride, rows.count, last);
      } else {
        addRecurrentGradient(context, recurrentKernel, buffers, side.width, rows.count, sizes, resetAfter);
      }
      addBiasGradient(context, bias, buffers.gates, rows.count, sizes, resetAfter);
      memory.release(mark);
    },
  };
}

/** z and r see h; the candidate sees r·h, or h with a gradient of its own. */
function addRecurrentGradient(
  context: Context,
  recurrentKernel: Tensor,
  { xh, gates, saved }: Buffers,
  width: number,
  rows: number,
  { G, H }: Sizes,
  resetAfter: boolean,
): void {
  const dRecurrent = context.tape?.gradientOf(recurrentKernel) ?? 0;
  if (!dRecurrent) return;
  const P = padded(H);
  const stride = resetAfter ? G + P : G;
  const sum = context.memory.allocateZeros(H * G);
  const h = { pointer: xh + 4 * padded(width), stride: padded(width) + P };
  const [candidateInput, slot] = resetAfter ? [h, 3] : [{ pointer: saved, stride: P }, 2];
  const part = (column: number, input: typeof h, from: number, columns: number) =>
    weightGradient(context, { pointer: sum + 4 * column, stride: G }, input, { pointer: gates + 4 * from, stride }, [
      H,
      columns,
      rows,
    ]);
  part(0, h, 0, 2 * P);
  part(2 * P, candidateInput, slot * P, P);
  context.kernels.recurrentAddUnpadded(dRecurrent, sum, H, H, GATES);
}

function addBiasGradient(
  { kernels, memory, tape }: Context,
  bias: Tensor | undefined,
  dz: number,
  rows: number,
  { G, H }: Sizes,
  resetAfter: boolean,
): void {
  const dBias = tape?.gradientOf(bias) ?? 0;
  if (!dBias) return;
  const P = padded(H);
  const stride = resetAfter ? G + P : G;
  const sums = memory.allocateZeros(stride);
  kernels.sumRows(sums, dz, rows, stride);
  kernels.recurrentAddUnpadded(dBias, sums, 1, H, GATES);
  if (!resetAfter) return;
  kernels.recurrentAddUnpadded(dBias + 4 * GATES * H, sums, 1, H, 2);
  kernels.recurrentAddUnpadded(dBias + 4 * 5 * H, sums + 4 * G, 1, H, 1);
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
