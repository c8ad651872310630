/** The fused recurrent op: a whole batch of sequences, one kernel call each way, all large products outside the loop over time. */
import type { Context } from "../../context.ts";
import type { Tensor } from "../../tensor.ts";
import { type Cell, gatesRowOf, otherStates, padded, stateRowOf } from "./cell.ts";
import { FRAME_ELEMENTS, type Frame, writeFrame } from "./frame.ts";
import { masksHidden, type RegularizerOptions, regularizerFrame } from "./regularizers.ts";
import { recurrentSteps, splitPlaces } from "./steps.ts";

export interface RecurrentOptions extends RegularizerOptions {
  returnSequences: boolean;
  goBackwards: boolean;
  /** The output at a hidden step is 0; else it repeats the one before it. */
  zeroOutputForMask?: boolean;
}

export interface RecurrentResult {
  /** [N, T, F] or [N, F] */
  output: Tensor;
  /** The states after the last step: h [N, F], then the cell's others */
  states: Tensor[];
}

/**
 * @param x [N, T, C], with a mask where some steps are hidden: they change no state
 * @param initial states before the first step, as in the result; zeros without
 */
export function recurrent(
  context: Context,
  x: Tensor,
  cell: Cell,
  options: RecurrentOptions,
  initial?: readonly Tensor[],
): RecurrentResult {
  const { kernels, memory, parallel, tape } = context;
  const { goBackwards, returnSequences } = options;
  const { units: H, hidden: F } = cell;
  const [N, T] = x.shape;
  const P = padded(H);
  const [G, Q] = [gatesRowOf(cell), stateRowOf(cell)];
  const kinds = otherStates(cell);
  const dhWidth = padded(F);
  const inputs = [x, ...cell.weights, ...(initial ?? [])];
  const keep = tape !== undefined && inputs.some(input => input?.requiresGradient);

  const output = context.tensor(returnSequences ? [N, T, F] : [N, F], inputs);
  const h = context.tensor([N, F], inputs);
  const others = kinds.map(({ size }) => context.tensor([N, size], inputs));
  const result = { output, states: [h, ...others] };

  const mark = memory.mark();
  const steps = recurrentSteps(context, N, T, x.mask, goBackwards);
  const { rows: R, order, offsets, outputs, empty } = steps;
  const mask = R < N * T ? (x.mask?.pointer ?? 0) : 0;
  const bound = cell.bind(context, x, steps, masksHidden(context, options));
  const xWidth = padded(bound.width);
  const S = xWidth + padded(F); // a row of xh: the input, then the hidden state before it
  const slots = keep ? R : N;
  const regularizers = regularizerFrame(context, cell, options, steps, [N, T, slots]);
  const buffers = {
    xh: memory.allocate((R + N) * S),
    state: memory.allocate((keep ? R + N : N) * Q),
    saved: memory.allocate(slots * cell.saved * P),
    gates: bound.gates ?? memory.allocate(slots * G),
    maskedHidden: regularizers.maskedHidden ?? 0,
  };
  const { xh, state } = buffers;
  const frame: Frame = {
    ...cell.frame,
    ...bound.frame,
    ...regularizers,
    ...buffers,
    T,
    C: bound.width,
    H,
    F,
    offsets,
    outputs,
    keep: Number(keep),
  };
  const framePointer = memory.allocate(FRAME_ELEMENTS);
  const run = (kernel: typeof cell.forward, flop: number): void => {
    writeFrame(memory, framePointer, frame);
    const ranges = splitPlaces(context, steps, N, flop);
    parallel.run(
      kernel,
      ranges.map(([begin, end]) => [framePointer, begin, end]),
    );
  };

  // The states before the first step; those of empty sequences are their last ones too.
  const running = N - empty;
  const fillStates = (hRow: number, stateRow: number, place: number, count: number): void => {
    memory.floats.fill(0, (xh >> 2) + hRow * S, (xh >> 2) + (hRow + count) * S);
    memory.floats.fill(0, (state >> 2) + stateRow * Q, (state >> 2) + (stateRow + count) * Q);
    if (!initial) return;
    const index = order + 4 * place;
    kernels.gatherRows(xh + 4 * (hRow * S + xWidth), S, initial[0].pointer, F, index, count, F);
    initial.slice(1).forEach(({ pointer }, i) => {
      const { size, at } = kinds[i];
      kernels.gatherRows(state + 4 * (stateRow * Q + at), Q, pointer, size, index, count, size);
    });
  };
  fillStates(0, 0, 0, running);
  if (empty) fillStates(R + running, (keep ? R : 0) + running, running, empty);
  bound.load(xh);
  run(cell.forward, R * (cell.flop ?? 2 * G * (bound.width + F)));

  const lastH = xh + 4 * (R * S + xWidth);
  const lastState = state + 4 * (keep ? R * Q : 0);
  kernels.scatterRows(h.pointer, F, lastH, S, order, N, F);
  others.forEach(({ pointer }, i) => {
    const { size, at } = kinds[i];
    kernels.scatterRows(pointer, size, lastState + 4 * at, Q, order, N, size);
  });
  const repeats = returnSequences && mask !== 0 && !options.zeroOutputForMask;
  if (returnSequences) {
    if (mask && !repeats) context.numbers(output).fill(0);
    kernels.recurrentOutputs(output.pointer, xh, offsets, outputs, T, bound.width, F);
    if (repeats) kernels.recurrentRepeat(output.pointer, mask, goBackwards, N, T, F);
  } else {
    if (empty) context.numbers(output).fill(0); // as Keras: no real step, no output
    kernels.scatterRows(output.pointer, F, lastH, S, order, running, F);
  }
  // In a stream the steps before this one are real: their last output stays.
  if (context.streaming && empty && !options.zeroOutputForMask) kernels.copyRows(output.pointer, F, h.pointer, F, N, F);

  if (!keep) {
    memory.release(mark);
    return result;
  }
  tape.record([output, ...result.states], () => {
    const dInitial = (initial ?? []).map(tensor => tape.gradientOf(tensor));
    for (const tensor of bound.wanted) tape.gradientOf(tensor);
    const scratchMark = memory.mark();

    const dh = memory.allocateZeros(N * dhWidth);
    const dState = memory.allocateZeros(N * Q);
    const addTo = (pointer: number, stride: number, { gradient }: Tensor, width: number, count = N): void => {
      if (gradient) kernels.gatherAddRows(pointer, stride, gradient, width, order, count, width);
    };
    addTo(dh, dhWidth, h, F);
    others.forEach((tensor, i) => {
      addTo(dState + 4 * kinds[i].at, Q, tensor, kinds[i].size);
    });
    if (!returnSequences) addTo(dh, dhWidth, output, F, running);
    if (output.gradient && repeats) kernels.recurrentRepeatBackward(output.gradient, mask, goBackwards, N, T, F);

    const dOutput = returnSequences ? output.gradient : 0;
    const dMasked = buffers.maskedHidden ? memory.allocateZeros(N * dhWidth) : 0;
    Object.assign(frame, bound.transpose(), { dh, dState, dOutput, dMasked, initial: Number(dInitial[0] > 0) });
    run(cell.backward, R * (cell.flop ?? 2 * G * F));
    dInitial.forEach((gradient, i) => {
      if (!gradient) return;
      const { size, at } = i === 0 ? { size: F, at: 0 } : kinds[i - 1];
      const [from, stride] = i === 0 ? [dh, dhWidth] : [dState + 4 * at, Q];
      kernels.scatterAddRows(gradient, size, from, stride, order, N, size);
    });
    bound.backward(buffers);
    memory.release(scratchMark);
  });
  return result;
}
