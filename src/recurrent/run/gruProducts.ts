/** The products of the GRUs and their gradients; see assembly/recurrent/gruProducts.ts for the layouts. */
import type { Context } from "../../context.ts";
import { padded, wholeWidePanels } from "../../engine/layout.ts";
import { weightGradient } from "../../ops/products.ts";
import type { Step, StepValue } from "../../step.ts";
import type { Tensor } from "../../tensor.ts";
import type { BoundCell, Buffers, Cell, HiddenMasks, RowRange } from "./cell.ts";
import { GRU_GATES, gruPackedSize, packApart, packByGate, packTogether } from "./gruPacking.ts";
import { bindInput } from "./inputSide.ts";
import { hasInputSums, inputSumsFrame } from "./inputSums.ts";
import { addMaskedGate, transposeByGate } from "./maskedGates.ts";
import type { Steps } from "./steps.ts";
import { compileStep } from "./uniformStep.ts";
import { type RecurrentWeights, type Sizes, sizesOf } from "./weights.ts";

/**
 * Writes what the sums of z, r and of x for the candidate begin with: [3P]; with resetAfter the biases of both sides.
 */
export function padInputBias({ kernels }: Context, row: number, bias: Tensor, H: number, resetAfter: boolean): void {
  const P = padded(H);
  kernels.recurrentPadGates(row, bias.pointer, 1, H, GRU_GATES);
  if (resetAfter)
    for (const gate of [0, 1]) kernels.add(row + 4 * gate * P, bias.pointer + 4 * (GRU_GATES + gate) * H, H);
}

/** Writes what the sum of h for the candidate begins with: [P]. */
export function padRecurrentBias({ kernels }: Context, row: number, bias: Tensor, H: number): void {
  kernels.recurrentPadGates(row, bias.pointer + 4 * (2 * GRU_GATES - 1) * H, 1, H, 1);
}

/** The gradient of the whole bias, from dz of some rows. */
export function addBiasGradient(
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
    kernels.recurrentAddUnpadded(dBias, sums, 1, H, GRU_GATES);
    return;
  }
  addInputBiasGradient(context, dBias, sums, H);
  kernels.recurrentAddUnpadded(dBias + 4 * (2 * GRU_GATES - 1) * H, sums + 4 * G, 1, H, 1);
}

/** The gradients of what `padInputBias` writes with resetAfter, sums [3P] over all rows. */
export function addInputBiasGradient({ kernels }: Context, dBias: number, sums: number, H: number): void {
  kernels.recurrentAddUnpadded(dBias, sums, 1, H, GRU_GATES);
  kernels.recurrentAddUnpadded(dBias + 4 * GRU_GATES * H, sums, 1, H, 2);
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
  const sizes = sizesOf(weights, GRU_GATES);
  const { G, H } = sizes;
  const P = padded(H);
  const stride = (resetAfter ? GRU_GATES + 1 : GRU_GATES) * P;
  const alone = hasInputSums(context, x, sizes, masks !== undefined);
  const apart = x.lookup || alone ? packApart(context, weights, sizes, alone) : undefined;
  const inputBias = bias ? memory.allocate(wholeWidePanels(G)) : 0;
  const recurrentBias = bias && resetAfter ? memory.allocate(wholeWidePanels(P)) : 0;
  if (bias) padInputBias(context, inputBias, bias, H, resetAfter);
  if (bias && recurrentBias) padRecurrentBias(context, recurrentBias, bias, H);
  const side = bindInput(context, x, steps, kernel, inputBias, sizes, () => apart?.kernel ?? 0);
  const packed = masks
    ? packByGate(context, weights, { ...sizes, C: side.width })
    : (apart?.others ?? packTogether(context, weights, sizes));
  return {
    ...side,
    frame: {
      ...side.frame,
      packed,
      recurrentBias,
      ...(alone && apart && inputSumsFrame(context, sizes, apart.kernel)),
    },
    wanted: [...side.wanted, recurrentKernel, bias],
    transpose() {
      side.begin();
      if (masks) return transposeByGate(context, recurrentKernel, sizes);
      const packedTransposed = memory.allocate(kernels.packedSize(2 * P, H) + kernels.packedSize(P, H));
      const candidate = packedTransposed + 4 * kernels.packedSize(2 * P, H);
      kernels.recurrentPackTransposedPart(packedTransposed, recurrentKernel.pointer, H, H, 2, GRU_GATES);
      kernels.recurrentPackTransposedPart(candidate, recurrentKernel.pointer + 8 * H, H, H, 1, GRU_GATES);
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
  context.kernels.recurrentAddUnpadded(dRecurrent, sum, H, H, GRU_GATES);
}

/** Adds a step of a GRU, for `Cell.compile`. */
export function compileGru(
  program: Step,
  x: StepValue,
  cell: Cell,
  given: RecurrentWeights,
  resetAfter: boolean,
): StepValue[] {
  const sizes = sizesOf(given, GRU_GATES);
  const { C, H } = sizes;
  const weights = { ...given, packed: program.roomFor(given.packed, gruPackedSize(C, H)) };
  const { bias } = weights;
  const recurrentBias = bias && resetAfter ? program.allocate(wholeWidePanels(padded(H))).pointer : 0;
  if (bias && recurrentBias) program.onWeights(() => padRecurrentBias(program.context, recurrentBias, bias, H));
  const frame = { ...cell.frame, recurrentBias };
  const forStep = {
    sizes,
    packed: weights.packed,
    padBias: bias && ((row: number) => padInputBias(program.context, row, bias, H, resetAfter)),
    together: () => packTogether(program.context, weights, sizes, true),
    apart: () => packApart(program.context, weights, sizes, true),
  };
  const step = resetAfter ? "gruStep" : "gruResetBeforeStep";
  return compileStep(program, x, { ...cell, frame }, step, forStep);
}
