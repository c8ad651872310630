/** The fused LSTM op: a whole batch of sequences, one kernel call each way, all large products outside the loop over time. */
import { activationKind, type ElementwiseActivation } from "../activations.ts";
import type { Context } from "../context.ts";
import type { Tensor } from "../tensor.ts";
import { padded, type RecurrentWeights, recurrentInput, recurrentPackedSize } from "./recurrent/input.ts";
import { recurrentSteps, splitPlaces } from "./recurrent/steps.ts";

const GATES = 4; // i f g o

export interface LstmOptions {
  activation: ElementwiseActivation;
  recurrentActivation: ElementwiseActivation;
  returnSequences: boolean;
  goBackwards: boolean;
  /** The output at a hidden step is 0; else it repeats the one before it. */
  zeroOutputForMask?: boolean;
}

export interface LstmState {
  /** [N, H] */
  h: Tensor;
  /** [N, H] */
  c: Tensor;
}

/** Elements that the packed weights of an LSTM take. */
export function lstmPackedSize(C: number, H: number): number {
  return recurrentPackedSize(C, H, GATES);
}

/**
 * @param x [N, T, C], with a mask where some steps are hidden: they change no state
 * @param initial states before the first step; zeros without
 * @returns output [N, T, H] or [N, H], and the states after the last step
 */
export function lstm(
  context: Context,
  x: Tensor,
  weights: RecurrentWeights,
  options: LstmOptions,
  initial?: LstmState,
): LstmState & { output: Tensor } {
  const { kernels, memory, parallel, tape } = context;
  const { kernel, recurrentKernel, bias } = weights;
  const { goBackwards, returnSequences } = options;
  const [N, T] = x.shape;
  const H = recurrentKernel.shape[0];
  const P = padded(H);
  const G = GATES * P;
  const act = activationKind(options.activation);
  const recurrentAct = activationKind(options.recurrentActivation);
  const inputs = [x, kernel, recurrentKernel, bias, initial?.h, initial?.c];
  const keep = tape !== undefined && inputs.some(input => input?.requiresGradient);

  const output = context.tensor(returnSequences ? [N, T, H] : [N, H], inputs);
  const h = context.tensor([N, H], inputs);
  const c = context.tensor([N, H], inputs);

  const mark = memory.mark();
  const steps = recurrentSteps(context, N, T, x.mask, goBackwards);
  const { rows: R, order, offsets, outputs, empty } = steps;
  const mask = R < N * T ? (x.mask?.pointer ?? 0) : 0;
  const input = recurrentInput(context, x, weights, steps, GATES);
  const xWidth = padded(input.width);
  const S = xWidth + P; // a row of xh: the input, then the hidden state before it
  const xh = memory.allocate((R + N) * S);
  const cells = memory.allocate((keep ? R + N : N) * P);
  const slots = keep ? R : N;
  const activated = memory.allocate(slots * P);
  const gates = memory.allocate(slots * G);

  // The states before the first step; those of empty sequences are their last ones too.
  const running = N - empty;
  const fillStates = (hRow: number, cRow: number, place: number, count: number): void => {
    memory.floats.fill(0, (xh >> 2) + hRow * S, (xh >> 2) + (hRow + count) * S);
    memory.floats.fill(0, (cells >> 2) + cRow * P, (cells >> 2) + (cRow + count) * P);
    if (!initial) return;
    const index = order + 4 * place;
    kernels.gatherRows(xh + 4 * (hRow * S + xWidth), S, initial.h.pointer, H, index, count, H);
    kernels.gatherRows(cells + 4 * cRow * P, P, initial.c.pointer, H, index, count, H);
  };
  fillStates(0, 0, 0, running);
  if (empty) fillStates(R + running, (keep ? R : 0) + running, running, empty);
  input.load(xh);
  const forwardCalls = splitPlaces(context, steps, N, 2 * R * G * (input.width + H)).map(([begin, end]) => [
    ...[xh, cells, activated, gates, input.bias, input.projected, input.projectedRows, input.packed, offsets],
    ...[act, recurrentAct, Number(keep), T, input.width, H, begin, end],
  ]);
  parallel.run("lstmForward", forwardCalls);

  const lastH = xh + 4 * (R * S + xWidth);
  kernels.scatterRows(h.pointer, H, lastH, S, order, N, H);
  kernels.scatterRows(c.pointer, H, cells + 4 * (keep ? R * P : 0), P, order, N, H);
  const repeats = returnSequences && mask !== 0 && !options.zeroOutputForMask;
  if (returnSequences) {
    if (mask && !repeats) context.numbers(output).fill(0);
    kernels.recurrentOutputs(output.pointer, xh, offsets, outputs, T, input.width, H);
    if (repeats) kernels.recurrentRepeat(output.pointer, mask, goBackwards, N, T, H);
  } else {
    if (empty) context.numbers(output).fill(0); // as Keras: no real step, no output
    kernels.scatterRows(output.pointer, H, lastH, S, order, running, H);
  }

  // In a stream the steps before this one are real: their last output stays.
  if (context.streaming && empty && !options.zeroOutputForMask) kernels.copyRows(output.pointer, H, h.pointer, H, N, H);

  if (!keep) {
    memory.release(mark);
    return { output, h, c };
  }
  tape.record([output, h, c], () => {
    const dInitialH = tape.gradientOf(initial?.h);
    const dInitialC = tape.gradientOf(initial?.c);
    for (const tensor of input.wanted) tape.gradientOf(tensor);
    const scratchMark = memory.mark();

    const dh = memory.allocateZeros(N * P);
    const dc = memory.allocateZeros(N * P);
    if (h.gradient) kernels.gatherAddRows(dh, P, h.gradient, H, order, N, H);
    if (c.gradient) kernels.gatherAddRows(dc, P, c.gradient, H, order, N, H);
    if (output.gradient && !returnSequences) kernels.gatherAddRows(dh, P, output.gradient, H, order, running, H);
    if (output.gradient && repeats) kernels.recurrentRepeatBackward(output.gradient, mask, goBackwards, N, T, H);

    const transposed = memory.allocate(kernels.packedSize(G, H));
    kernels.recurrentPackTransposed(transposed, recurrentKernel.pointer, H, H, GATES);
    const dSequence = returnSequences ? output.gradient : 0;
    const backwardCalls = splitPlaces(context, steps, N, 2 * R * G * H).map(([begin, end]) => [
      ...[gates, dh, dc, dSequence, outputs, cells, activated, transposed, offsets],
      ...[act, recurrentAct, Number(dInitialH !== 0), T, H, begin, end],
    ]);
    parallel.run("lstmBackward", backwardCalls);
    if (dInitialH) kernels.scatterAddRows(dInitialH, H, dh, P, order, N, H);
    if (dInitialC) kernels.scatterAddRows(dInitialC, H, dc, P, order, N, H);
    input.backward(xh, gates);
    memory.release(scratchMark);
  });
  return { output, h, c };
}
