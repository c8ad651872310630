/** The fused LSTM op: a whole sequence, one kernel call each way, all large products outside the loop over time. */
import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Context } from "../context.ts";
import type { Packed } from "../packed.ts";
import type { Tensor } from "../tensor.ts";

const GATES = 4;

export interface LstmWeights {
  /** [C, 4H], gates i f g o */
  kernel: Tensor;
  /** [H, 4H] */
  recurrentKernel: Tensor;
  /** [4H] */
  bias?: Tensor | undefined;
  /** Room for kernel and recurrentKernel, packed. */
  packed: Packed;
}

export interface LstmOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  returnSequences: boolean;
  goBackwards: boolean;
}

export interface LstmState {
  /** [N, H] */
  h: Tensor;
  /** [N, H] */
  c: Tensor;
}

/** n rounded up to whole vectors, as the kernels pad it. */
const padded = (n: number): number => (n + 3) & ~3;

/** Elements that the packed weights of an LSTM take. */
export function lstmPackedSize(C: number, H: number): number {
  return GATES * padded(H) * (C + H);
}

/**
 * @param x [N, T, C]
 * @param initial states before the first step; zeros without
 * @returns output [N, T, H] or [N, H], and the states after the last step
 */
export function lstm(
  context: Context,
  x: Tensor,
  weights: LstmWeights,
  options: LstmOptions,
  initial?: LstmState,
): LstmState & { output: Tensor } {
  const { kernels, memory, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const [N, T, C] = x.shape;
  const H = recurrentKernel.shape[0];
  const P = padded(H);
  const S = padded(C) + P; // a row of xh: the input, then the hidden state before it
  const G = GATES * P;
  const act = activationKind(options.activation);
  const recurrentAct = activationKind(options.recurrentActivation);
  const inputs = [x, kernel, recurrentKernel, bias, initial?.h, initial?.c];
  const keep = tape !== undefined && inputs.some(input => input?.requiresGradient);
  const slots = keep ? T : 1;

  const output = context.tensor(options.returnSequences ? [N, T, H] : [N, H], inputs);
  const h = context.tensor([N, H], inputs);
  const c = context.tensor([N, H], inputs);

  const packed = weights.packed.ensure(context, p =>
    kernels.recurrentPack(p, kernel.pointer, recurrentKernel.pointer, C, H, GATES),
  );
  const mark = memory.mark();
  const xh = memory.allocate((T + 1) * N * S);
  const cells = memory.allocate((keep ? T + 1 : 1) * N * P);
  const activated = memory.allocate(slots * N * P);
  const gates = memory.allocate(slots * N * G);
  let biasRow = 0;
  if (bias) {
    biasRow = memory.allocate(G);
    kernels.recurrentPadGates(biasRow, bias.pointer, 1, H, GATES);
  }
  memory.floats.fill(0, xh >> 2, (xh >> 2) + N * S);
  memory.floats.fill(0, cells >> 2, (cells >> 2) + N * P);
  if (initial) {
    kernels.copyRows(xh + 4 * padded(C), S, initial.h.pointer, H, N, H);
    kernels.copyRows(cells, P, initial.c.pointer, H, N, H);
  }
  kernels.recurrentGatherInput(xh, x.pointer, options.goBackwards, N, T, C, H);
  kernels.lstmForward(xh, cells, activated, gates, biasRow, packed, act, recurrentAct, keep, N, T, C, H, 0, N);

  const lastH = xh + 4 * (T * N * S + padded(C));
  kernels.copyRows(h.pointer, H, lastH, S, N, H);
  kernels.copyRows(c.pointer, H, cells + 4 * (keep ? T * N * P : 0), P, N, H);
  if (options.returnSequences) kernels.recurrentScatterOutput(output.pointer, xh, N, T, C, H);
  else kernels.copyRows(output.pointer, H, lastH, S, N, H);

  if (!keep) {
    memory.release(mark);
    return { output, h, c };
  }
  tape.record([output, h, c], () => {
    const dx = tape.gradientOf(x);
    const dKernel = tape.gradientOf(kernel);
    const dRecurrent = tape.gradientOf(recurrentKernel);
    const dBias = tape.gradientOf(bias);
    const dInitialH = tape.gradientOf(initial?.h);
    const dInitialC = tape.gradientOf(initial?.c);
    const scratchMark = memory.mark();

    const dh = memory.allocateZeros(N * P);
    const dc = memory.allocateZeros(N * P);
    if (h.gradient) kernels.addRows(dh, P, h.gradient, H, N, H);
    if (c.gradient) kernels.addRows(dc, P, c.gradient, H, N, H);
    if (output.gradient && !options.returnSequences) kernels.addRows(dh, P, output.gradient, H, N, H);
    const dOutput = options.returnSequences ? output.gradient : 0;

    const transposed = memory.allocate(kernels.packedSize(G, Math.max(H, dx ? C : 0)));
    kernels.recurrentPackTransposed(transposed, recurrentKernel.pointer, H, H, GATES);
    kernels.lstmBackward(
      gates,
      dh,
      dc,
      dOutput,
      cells,
      activated,
      transposed,
      act,
      recurrentAct,
      dInitialH !== 0,
      N,
      T,
      H,
      0,
      N,
    );
    if (dInitialH) kernels.addRows(dInitialH, H, dh, P, N, H);
    if (dInitialC) kernels.addRows(dInitialC, H, dc, P, N, H);

    if (dx) {
      kernels.recurrentPackTransposed(transposed, kernel.pointer, C, H, GATES);
      kernels.recurrentInputGradient(dx, gates, transposed, options.goBackwards, N, T, C, H, GATES, 0, N);
    }
    if (dKernel || dRecurrent) {
      // One product for both weight matrices, since a row of xh holds both their inputs side by side.
      const both = memory.allocateZeros((C + H) * G);
      const scratch = memory.allocate(kernels.weightGradientScratch(C + H, G, T * N));
      const firstInput = xh + 4 * (padded(C) - C);
      kernels.weightGradient(both, G, firstInput, S, gates, G, C + H, G, T * N, scratch);
      if (dKernel) kernels.recurrentAddUnpadded(dKernel, both, C, H, GATES);
      if (dRecurrent) kernels.recurrentAddUnpadded(dRecurrent, both + 4 * C * G, H, H, GATES);
    }
    if (dBias) {
      const sums = memory.allocateZeros(G);
      kernels.sumRows(sums, gates, T * N, G);
      kernels.recurrentAddUnpadded(dBias, sums, 1, H, GATES);
    }
    memory.release(scratchMark);
  });
  return { output, h, c };
}
